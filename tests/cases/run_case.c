/* Plays case files against a real connector; see README.md beside this file. */
#include <dirent.h>
#include <dlfcn.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cases/case_file.h"
#include "cases/memory.h"
#include "cases/play.h"
#include "sdk/error.h"

struct runner {
    struct case_folder folder;
    const struct berth_plugin *plugin;
    bool straight_only;
    int count;
    int failures;
};

#define SHUFFLES 5
#define TOO_MANY 100000

static const char *play_once(struct runner *runner, const struct case_file *file,
                             const struct play_way *way, struct play *play)
{
    play_run(play, runner->plugin, file, way);
    const char *difference = play_difference(play);
    if (!difference[0] && memory_live() != 0)
        difference = "memory was not given back";
    return difference;
}

static bool report(const char *way, long number, const char *difference)
{
    if (difference[0])
        printf("# %s %ld: %s\n", way, number, difference);
    return !difference[0];
}

static bool play_without_haste(struct runner *runner, const struct case_file *file)
{
    struct play play;
    struct play_way way = {.none_ahead = true, .cut_exchange = -1};
    bool good = report("nothing ahead", 1, play_once(runner, file, &way, &play));
    play_release(&play);
    return good;
}

static bool play_orders(struct runner *runner, const struct case_file *file)
{
    bool good = true;
    for (unsigned i = 0; file->any_order && good && i <= SHUFFLES; i++) {
        struct play play;
        struct play_way way = {
            .order = i == 0 ? ORDER_LIFO : ORDER_SHUFFLED, .seed = i, .cut_exchange = -1};
        good = report("order", i, play_once(runner, file, &way, &play));
        play_release(&play);
    }
    return good;
}

static bool play_stopped(struct runner *runner, const struct case_file *file)
{
    bool good = true;
    bool stopped = true;
    for (long n = 1; good && stopped && n < TOO_MANY; n++) {
        struct play play;
        struct play_way way = {.stop_after = n, .cut_exchange = -1};
        way.small_manifest = true;
        play_run(&play, runner->plugin, file, &way);
        stopped = play.was_stopped;
        good = report("ended after call", n,
                      play.problem[0]      ? play.problem
                      : memory_live() != 0 ? "memory was not given back"
                                           : "");
        play_release(&play);
    }
    return good;
}

/* A play in which an allocation failed: as the case says, or failed without harm. */
static const char *judge_memory(struct play *play)
{
    if (memory_live() != 0)
        return "memory was not given back";
    if (!play->error && !play->problem[0])
        return play_difference(play);
    if (play->error && play_is_harmless(play))
        return "";
    return play_difference(play);
}

static bool play_without_memory(struct runner *runner, const struct case_file *file)
{
    bool good = true;
    bool failed = memory_is_watched();
    for (long n = 1; good && failed && n < TOO_MANY; n++) {
        struct play play;
        struct play_way way = {.fail_at = n, .small_manifest = true, .cut_exchange = -1};
        play_run(&play, runner->plugin, file, &way);
        failed = memory_has_failed();
        good = report("without allocation", n, judge_memory(&play));
        play_release(&play);
    }
    return good;
}

/* A play with a cut answer: it failed, or said that it did without; or it did not need
 * what was cut. */
static const char *judge_cut(struct play *play)
{
    if (memory_live() != 0)
        return "memory was not given back";
    if ((play->error || play_has_warned(play)) && play_is_harmless(play))
        return "";
    return play_difference(play);
}

static bool play_cut(struct runner *runner, const struct case_file *file)
{
    const json_t *cut = json_object_get(file->body, "cut");
    size_t count = json_array_size(json_object_get(file->body, "exchanges"));
    bool good = true;
    for (size_t i = 0; !json_is_false(cut) && good && i < count; i++) {
        size_t len = 0;
        char *body = exchange_body(file, i, &len);
        size_t lengths[] = {0, 1, len / 2, len > 1 ? len - 1 : 0};
        for (size_t k = 0; body && len > 0 && good && k < 4; k++) {
            struct play play;
            struct play_way way = {
                .cut_exchange = (int)i, .cut_length = lengths[k], .small_manifest = true};
            play_run(&play, runner->plugin, file, &way);
            good = report("cut answer", (long)i + 1, judge_cut(&play));
            play_release(&play);
        }
        free(body);
    }
    return good;
}

static bool play_case(struct runner *runner, const struct case_file *file)
{
    struct play play;
    struct play_way way = {.cut_exchange = -1};
    bool good = report("straight", 1, play_once(runner, file, &way, &play));
    play_release(&play);
    if (!good || runner->straight_only)
        return good;
    return play_without_haste(runner, file) && play_orders(runner, file) &&
           play_stopped(runner, file) && play_without_memory(runner, file) &&
           play_cut(runner, file);
}

static void run_file(struct runner *runner, const char *path)
{
    struct case_file file;
    struct berth_error err = BERTH_ERROR_INIT;
    const char *slash = strrchr(path, '/');
    const char *folder = slash;
    while (folder && folder > path && folder[-1] != '/')
        folder--;
    bool good = case_file_read(&file, &runner->folder, path, &err) == 0;
    if (!good)
        printf("# %s\n", err.message);
    good = good && play_case(runner, &file);
    runner->count++;
    runner->failures += good ? 0 : 1;
    printf("%s %d - %s\n", good ? "ok" : "not ok", runner->count, folder ? folder : path);
    (void)fflush(stdout);
    case_file_release(&file);
}

static int compare_names(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* All cases below, in the order of their names; config.json and responses are none. */
static void run_path(struct runner *runner, const char *path, int depth)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        printf("Bail out! %s is not there\n", path);
        exit(99);
    }
    if (!S_ISDIR(info.st_mode)) {
        const char *end = strrchr(path, '.');
        if (depth == 0 || (depth > 1 && end && strcmp(end, ".json") == 0))
            run_file(runner, path);
        return;
    }
    struct dirent **names = NULL;
    int count = scandir(path, &names, NULL, compare_names);
    for (int i = 0; i < count; i++) {
        char below[4096];
        (void)snprintf(below, sizeof(below), "%s/%s", path, names[i]->d_name);
        if (names[i]->d_name[0] != '.' && strcmp(names[i]->d_name, "responses") != 0)
            run_path(runner, below, depth + 1);
        free(names[i]);
    }
    free(names);
}

/* The connector stays loaded: what its libraries keep is theirs. */
static const struct berth_plugin *load(const char *file)
{
    void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
    const struct berth_plugin *(*entry)(const struct berth_host *, struct berth_error *);
    void *symbol = library ? dlsym(library, BERTH_PLUGIN_SYMBOL) : NULL;
    struct berth_error err = BERTH_ERROR_INIT;
    struct play play = {0};
    if (!symbol) {
        printf("Bail out! %s\n", dlerror());
        return NULL;
    }
    memcpy(&entry, &symbol, sizeof(entry));
    play_host_init(&play);
    const struct berth_plugin *plugin = entry(play.call.host, &err);
    play_release(&play);
    if (!plugin)
        printf("Bail out! %s: %s\n", file, err.message);
    memory_watch();
    return plugin;
}

static int usage(void)
{
    (void)fputs("usage: run_case [--straight] --connector FILE --manifest FILE "
                "FOLDER|FILE...\n",
                stderr);
    return 2;
}

int main(int argc, char **argv)
{
    static const struct option OPTIONS[] = {
        {"connector", required_argument, NULL, 'c'},
        {"manifest", required_argument, NULL, 'm'},
        {"straight", no_argument, NULL, 's'},
        {NULL, 0, NULL, 0},
    };
    struct runner runner = {0};
    const char *connector = NULL;
    int option;
    while ((option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1) {
        if (option == 'c')
            connector = optarg;
        else if (option == 'm')
            runner.folder.manifest = optarg;
        else if (option == 's')
            runner.straight_only = true;
        else
            return usage();
    }
    if (!connector || !runner.folder.manifest || optind == argc)
        return usage();
    runner.plugin = load(connector);
    if (!runner.plugin)
        return 99;
    if (!memory_is_watched())
        printf("# under sanitizers no allocation is made to fail\n");
    for (int i = optind; i < argc; i++)
        run_path(&runner, argv[i], 0);
    printf("1..%d\n", runner.count);
    return runner.failures > 0 || runner.count == 0 ? 1 : 0;
}
