#include "emulator/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "emulator/address.h"
#include "emulator/choices.h"
#include "emulator/file.h"
#include "emulator/ident.h"
#include "emulator/problem.h"

static const char USAGE[] =
    "usage: berth-emulator --listen ADDRESS:PORT --dir DIR [option]...\n"
    "A local stand-in for the Azure Device Provisioning Service. It is no real service.\n"
    "\n"
    "  --listen ADDRESS:PORT    where to listen; port 0 takes any (127.0.0.1:0)\n"
    "  --dir DIR                where certificates, keys and emulator.json are kept\n"
    "  --host-name NAME         the name of the service (localhost)\n"
    "  --id-scope SCOPE         the id scope of this run, in place of the folder's own\n"
    "  --enrollments N          make N individual enrollments\n"
    "  --groups N               make N enrollment groups\n"
    "  --devices-per-group N    with N registered devices each\n"
    "  --devices N              let N devices of the group fleet register on their own,\n"
    "                           one after the other, again and again\n"
    "  --register-rate R        so many of them a second (1)\n"
    "  --page-size N            items on a page of a query, at most (100)\n"
    "  --hubs NAME[,NAME]...    the linked hubs\n"
    "  --retry-after SECONDS    what a device that is being assigned is told (3)\n"
    "  --assign-after MS        how long assigning takes (500)\n"
    "  --quota real|off|N[,N[,N]]\n"
    "                           operations and registrations in any 60 seconds, polls of "
    "a\n"
    "                           device in 10 (real: 1000,1000,5)\n"
    "  --latency MS             a round trip that is added to each answer (0)\n"
    "  --state FILE             load it at the start if it is there, save it at the end\n"
    "  --clock T                begin at T, in seconds since 1970\n"
    "  --policy NAME:RIGHTS:@KEYFILE\n"
    "                           a policy more, or with another key; RIGHTS is all or\n"
    "                           names parted by commas; may be given more than once\n"
    "  --fault RULE             what shall go wrong, as in status=429,count=3, or @FILE\n"
    "                           with a rule a line; may be given more than once; see "
    "the\n"
    "                           manual page\n"
    "  --journal-bodies         keep the bodies of the last 1000 requests in the "
    "journal,\n"
    "                           without keys\n"
    "  --exit-after SECONDS     end by itself\n"
    "  --exit-with-parent       end when the program that started it ends\n"
    "  --verbose                a line on stderr for each request\n"
    "  --help, --version\n";

enum {
    OPTION_LISTEN = 256,
    OPTION_DIR,
    OPTION_HOST_NAME,
    OPTION_ID_SCOPE,
    OPTION_ENROLLMENTS,
    OPTION_GROUPS,
    OPTION_DEVICES,
    OPTION_FLEET,
    OPTION_REGISTER_RATE,
    OPTION_PAGE_SIZE,
    OPTION_HUBS,
    OPTION_RETRY_AFTER,
    OPTION_ASSIGN_AFTER,
    OPTION_QUOTA,
    OPTION_LATENCY,
    OPTION_STATE,
    OPTION_CLOCK,
    OPTION_POLICY,
    OPTION_FAULT,
    OPTION_JOURNAL_BODIES,
    OPTION_EXIT_AFTER,
    OPTION_EXIT_WITH_PARENT,
    OPTION_VERBOSE,
    OPTION_HELP,
    OPTION_VERSION,
};

static const struct option LONG[] = {
    {"listen", required_argument, NULL, OPTION_LISTEN},
    {"dir", required_argument, NULL, OPTION_DIR},
    {"host-name", required_argument, NULL, OPTION_HOST_NAME},
    {"id-scope", required_argument, NULL, OPTION_ID_SCOPE},
    {"enrollments", required_argument, NULL, OPTION_ENROLLMENTS},
    {"groups", required_argument, NULL, OPTION_GROUPS},
    {"devices-per-group", required_argument, NULL, OPTION_DEVICES},
    {"devices", required_argument, NULL, OPTION_FLEET},
    {"register-rate", required_argument, NULL, OPTION_REGISTER_RATE},
    {"page-size", required_argument, NULL, OPTION_PAGE_SIZE},
    {"hubs", required_argument, NULL, OPTION_HUBS},
    {"retry-after", required_argument, NULL, OPTION_RETRY_AFTER},
    {"assign-after", required_argument, NULL, OPTION_ASSIGN_AFTER},
    {"quota", required_argument, NULL, OPTION_QUOTA},
    {"latency", required_argument, NULL, OPTION_LATENCY},
    {"state", required_argument, NULL, OPTION_STATE},
    {"clock", required_argument, NULL, OPTION_CLOCK},
    {"policy", required_argument, NULL, OPTION_POLICY},
    {"fault", required_argument, NULL, OPTION_FAULT},
    {"journal-bodies", no_argument, NULL, OPTION_JOURNAL_BODIES},
    {"exit-after", required_argument, NULL, OPTION_EXIT_AFTER},
    {"exit-with-parent", no_argument, NULL, OPTION_EXIT_WITH_PARENT},
    {"verbose", no_argument, NULL, OPTION_VERBOSE},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {NULL, 0, NULL, 0},
};

/* A whole number from `min` to `max`. */
static bool read_number(const char *name, const char *s, size_t min, size_t max,
                        size_t *ret)
{
    char *end;
    unsigned long long n = strtoull(s, &end, 10);

    if (!*s || *end || !strchr("0123456789", *s) || n < min || n > max) {
        (void)fprintf(stderr,
                      "berth-emulator: --%s: '%s' is not a whole number from %zu to "
                      "%zu\n",
                      name, s, min, max);
        return false;
    }
    *ret = (size_t)n;
    return true;
}

static bool read_int(const char *name, const char *s, size_t max, int *ret)
{
    size_t n;

    if (!read_number(name, s, 0, max, &n))
        return false;
    *ret = (int)n;
    return true;
}

/* A number from 0.001 to 1000, in the form that C and JSON share. */
static bool read_rate(const char *s, double *ret)
{
    char *end;

    *ret = strtod(s, &end);
    if (*s && !*end && *ret >= 0.001 && *ret <= 1000)
        return true;
    (void)fprintf(stderr,
                  "berth-emulator: --register-rate: '%s' is not a number from 0.001 to "
                  "1000\n",
                  s);
    return false;
}

/* One of the numbers of a quota; `off` is none. */
static bool read_quota_part(const char *s, size_t len, size_t max, size_t *ret)
{
    char part[24] = "";

    if (len < sizeof part)
        memcpy(part, s, len);
    *ret = 0;
    return !strcmp(part, "off") || read_number("quota", part, 1, max, ret);
}

/* `real`, or operations, registrations (else as many) and polls (else free). */
static bool read_quota(const char *s, struct emu_options *emu)
{
    static const size_t MAX[] = {10000000, 10000000, POLLS_MAX};
    size_t n[] = {CHOICE_QUOTA, CHOICE_QUOTA, CHOICE_QUOTA_POLLS}, i, len;

    if (strcmp(s, "real") != 0) {
        n[2] = 0;
        for (i = 0; i < 3 && s; i++) {
            len = strcspn(s, ",");
            if (!read_quota_part(s, len, MAX[i], &n[i]))
                return false;
            n[1] = i ? n[1] : n[0];
            s = s[len] ? s + len + 1 : NULL;
        }
        if (s) {
            (void)fprintf(stderr,
                          "berth-emulator: --quota: '%s' is one number too many\n", s);
            return false;
        }
    }
    emu->quota_operations = n[0];
    emu->quota_registrations = n[1];
    emu->quota_polls = n[2];
    return true;
}

static bool add_policy(struct options *o, const char *spec)
{
    struct failure f;
    int r;

    if (o->policy_count == OPTIONS_POLICIES_MAX)
        r = failure_set(&f, "--policy: more than %d policies", OPTIONS_POLICIES_MAX);
    else
        r = policy_read(&o->policies[o->policy_count], spec, &f);
    if (r < 0) {
        (void)fprintf(stderr, "berth-emulator: %s\n", f.text);
        return false;
    }
    o->policy_count++;
    return true;
}

static bool read_listen(const char *s)
{
    const char *wrong = address_problem(s);

    if (wrong)
        (void)fprintf(stderr, "berth-emulator: --listen: '%.200s' %s\n", s, wrong);
    return !wrong;
}

static bool read_host(const char *name, const char *s)
{
    const char *wrong = host_problem(s);

    if (wrong)
        (void)fprintf(stderr, "berth-emulator: --%s: '%s' %s\n", name, s, wrong);
    return !wrong;
}

static bool read_id_scope(const char *s)
{
    const char *wrong = id_scope_problem(s);

    if (wrong)
        (void)fprintf(stderr, "berth-emulator: --id-scope: '%s' %s\n", s, wrong);
    return !wrong;
}

static bool read_hubs(struct options *options, const char *s)
{
    char *at, *comma;

    free(options->hubs);
    options->hubs = strdup(s);
    if (!options->hubs) {
        (void)fprintf(stderr, "berth-emulator: out of memory\n");
        return false;
    }
    options->emu.hub_count = 0;
    for (at = options->hubs; at; at = comma) {
        comma = strchr(at, ',');
        if (comma)
            *comma++ = '\0';
        if (!read_host("hubs", at))
            return false;
        if (options->emu.hub_count == EMU_HUBS_MAX) {
            (void)fprintf(stderr, "berth-emulator: --hubs: more than %d hubs\n",
                          EMU_HUBS_MAX);
            return false;
        }
        options->emu.hubs[options->emu.hub_count++] = at;
    }
    return true;
}

/* `line` of the file that it stands in, 0 for the command line. */
static bool add_fault(struct options *options, const char *s, const char *file,
                      unsigned line)
{
    struct fault_rule *more = NULL;
    struct problem p;

    if (options->fault_count < FAULT_RULES_MAX)
        more = realloc(options->faults,
                       (options->fault_count + 1) * sizeof *options->faults);
    if (!more) {
        (void)fprintf(stderr, "berth-emulator: --fault: more than %d faults\n",
                      FAULT_RULES_MAX);
        return false;
    }
    options->faults = more;
    if (fault_read(&more[options->fault_count], s, &p) < 0) {
        (void)fprintf(stderr, "berth-emulator: ");
        if (line)
            (void)fprintf(stderr, "%s, line %u: ", file, line);
        (void)fprintf(stderr, "%s\n", p.detail);
        return false;
    }
    options->fault_count++;
    return true;
}

/* Cut off a remark: it begins with a # in front of which is nothing or a blank. */
static void cut_remark(char *line)
{
    char *at;

    for (at = strchr(line, '#'); at; at = strchr(at + 1, '#'))
        if (at == line || at[-1] == ' ' || at[-1] == '\t') {
            *at = '\0';
            return;
        }
}

/* A rule, or with @FILE one a line. */
static bool read_fault(struct options *options, const char *s)
{
    char *line, *next;
    unsigned number = 0;
    struct failure f;
    struct text t;
    bool good = true;

    if (*s != '@')
        return add_fault(options, s, NULL, 0);
    text_init(&t, 64 * 1024);
    if (file_read(s + 1, &t, &f) < 0) {
        (void)fprintf(stderr, "berth-emulator: --fault: %s\n", f.text);
        good = false;
    }
    for (line = t.data; good && line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        cut_remark(line);
        number++;
        good = !line[strspn(line, " \t\r")] || add_fault(options, line, s + 1, number);
    }
    text_release(&t);
    return good;
}

static bool read_count(struct options *o, int option, const char *value)
{
    switch (option) {
    case OPTION_ENROLLMENTS:
        return read_number("enrollments", value, 0, 10000000, &o->enrollments);
    case OPTION_GROUPS:
        return read_number("groups", value, 0, 100000, &o->groups);
    case OPTION_DEVICES:
        return read_number("devices-per-group", value, 0, 10000000,
                           &o->devices_per_group);
    case OPTION_FLEET:
        return read_number("devices", value, 0, 1000000, &o->devices);
    case OPTION_PAGE_SIZE:
        return read_number("page-size", value, 1, 100000, &o->emu.page_size);
    case OPTION_RETRY_AFTER:
        return read_int("retry-after", value, 3600, &o->emu.retry_after_s);
    case OPTION_ASSIGN_AFTER:
        return read_int("assign-after", value, 3600000, &o->emu.assign_after_ms);
    case OPTION_LATENCY:
        return read_int("latency", value, 60000, &o->emu.latency_ms);
    case OPTION_CLOCK:
        return read_number("clock", value, 1, 250000000000, &o->clock_at);
    case OPTION_EXIT_AFTER:
        return read_int("exit-after", value, 2000000, &o->exit_after_s);
    default:
        return false;
    }
}

static bool read_option(struct options *o, int option, const char *value)
{
    switch (option) {
    case OPTION_LISTEN:
        o->http.listen = value;
        return read_listen(value);
    case OPTION_DIR:
        o->dir = value;
        o->emu.dir = value;
        return true;
    case OPTION_HOST_NAME:
        o->emu.host_name = value;
        return read_host("host-name", value);
    case OPTION_ID_SCOPE:
        o->id_scope = value;
        return read_id_scope(value);
    case OPTION_HUBS:
        return read_hubs(o, value);
    case OPTION_QUOTA:
        return read_quota(value, &o->emu);
    case OPTION_REGISTER_RATE:
        return read_rate(value, &o->register_rate);
    case OPTION_STATE:
        o->emu.state = value;
        return true;
    case OPTION_POLICY:
        return add_policy(o, value);
    case OPTION_FAULT:
        return read_fault(o, value);
    case OPTION_EXIT_WITH_PARENT:
        o->exit_with_parent = true;
        return true;
    case OPTION_JOURNAL_BODIES:
        o->emu.journal_bodies = true;
        return true;
    case OPTION_VERBOSE:
        o->http.verbose = true;
        return true;
    default:
        return read_count(o, option, value);
    }
}

enum options_result options_read(struct options *options, int argc, char **argv)
{
    int option;

    memset(options, 0, sizeof *options);
    emu_options_init(&options->emu);
    options->http.listen = "127.0.0.1:0";
    options->register_rate = 1;
    (void)read_quota("real", &options->emu);
    while ((option = getopt_long(argc, argv, "", LONG, NULL)) != -1) {
        if (option == OPTION_HELP) {
            (void)fputs(USAGE, stdout);
            return OPTIONS_DONE;
        }
        if (option == OPTION_VERSION) {
            (void)printf("berth-emulator %s\n", PACKAGE_VERSION);
            return OPTIONS_DONE;
        }
        if (option == '?' || !read_option(options, option, optarg))
            return OPTIONS_WRONG;
    }
    if (optind < argc) {
        (void)fprintf(stderr, "berth-emulator: '%s' is no option; see --help\n",
                      argv[optind]);
        return OPTIONS_WRONG;
    }
    if (!options->dir) {
        (void)fprintf(stderr, "berth-emulator: --dir DIR is missing; see --help\n");
        return OPTIONS_WRONG;
    }
    return OPTIONS_RUN;
}

void options_release(struct options *options)
{
    free(options->hubs);
    options->hubs = NULL;
    explicit_bzero(options->policies, sizeof options->policies);
    options->policy_count = 0;
    free(options->faults);
    options->faults = NULL;
}
