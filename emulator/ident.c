#include "emulator/ident.h"

#include <ctype.h>
#include <string.h>

static unsigned char fold(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

int ident_compare(const char *a, const char *b)
{
    while (*a && fold(*a) == fold(*b)) {
        a++;
        b++;
    }
    return (int)fold(*a) - (int)fold(*b);
}

bool ident_equal(const char *a, const char *b)
{
    return ident_compare(a, b) == 0;
}

static bool alphanumeric(char c)
{
    return isascii((unsigned char)c) && isalnum((unsigned char)c);
}

const char *ident_problem(const char *id)
{
    size_t len = strlen(id), i;

    if (len == 0)
        return "is empty";
    if (len > IDENT_MAX)
        return "is longer than 128 characters";
    for (i = 0; i < len; i++)
        if (!alphanumeric(id[i]) && !strchr("-._:", id[i]))
            return "has a character other than letters, digits, '-', '.', '_' and ':'";
    if (!alphanumeric(id[len - 1]) && id[len - 1] != '-')
        return "must end in a letter, a digit or '-'";
    if (ident_equal(id, "query"))
        return "is reserved";
    return NULL;
}

const char *device_id_problem(const char *id)
{
    size_t len = strlen(id), i;

    if (len == 0)
        return "is empty";
    if (len > IDENT_MAX)
        return "is longer than 128 characters";
    for (i = 0; i < len; i++)
        if (!alphanumeric(id[i]) && !strchr("-:.+%_#*?!(),=@$'", id[i]))
            return "has a character that a device id may not have";
    return NULL;
}

const char *host_problem(const char *name)
{
    size_t len = strlen(name), i;

    if (len == 0 || len > 253)
        return "is not a host name of 1 to 253 characters";
    for (i = 0; i < len; i++)
        if (!alphanumeric(name[i]) && !strchr("-.", name[i]))
            return "has a character that a host name may not have";
    return NULL;
}
