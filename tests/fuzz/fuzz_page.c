/* Whatever a page of the snapshot's log holds, reading it stays inside, ends, and gives
 * records that can be written and read again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/snapshot/page.h"
#include "sdk/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The same record must come back from a page of our own. */
static void write_again(const struct record *record)
{
    struct page p;
    if (page_init(&p, 1, NULL) < 0)
        return;
    size_t at = page_add(&p, record);
    struct record copy;
    if (at == 0 || !page_read((struct berth_str){(char *)p.data, p.len}, &at, &copy))
        abort();
    if (copy.kind != record->kind || copy.flags != record->flags ||
        copy.key_hash != record->key_hash || !str_equal(copy.key, record->key) ||
        !str_equal(copy.version, record->version) ||
        !str_equal(copy.scope, record->scope) || at != p.len)
        abort();
    page_release(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct berth_str page = {(const char *)data, size};
    static const struct siphash_key KEY = {1, 2};
    (void)page_is_sound(page, 1, &KEY); /* only whether it reads too far */
    for (size_t at = PAGE_HEADER; at < size;) {
        size_t before = at;
        struct record record;
        if (!page_read(page, &at, &record))
            break;
        if (at <= before)
            abort();
        write_again(&record);
    }
    return 0;
}
