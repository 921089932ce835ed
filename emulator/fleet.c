#include "emulator/fleet.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emulator/emu.h"
#include "emulator/file.h"
#include "emulator/generate.h"
#include "emulator/moment.h"
#include "emulator/registration.h"
#include "emulator/sas.h"
#include "emulator/thread.h"

static const char GROUP[] = "fleet";

struct fleet {
    struct emu *emu;
    size_t devices;
    int64_t period_ns;
    char key[KEY_TEXT_SIZE]; /* of the group */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t thread;
    bool stopping;
};

static int send_register(struct emu *emu, const char *id, const char *key)
{
    struct emu_request request = {.method = "PUT", .content_type = "application/json"};
    char sr[200], target[250], body[200];
    struct emu_response response;
    struct text token;
    int status;

    (void)snprintf(sr, sizeof sr, "%s%%2Fregistrations%%2F%s", emu->keys.id_scope, id);
    (void)snprintf(target, sizeof target,
                   "/%s/registrations/%s/register?api-version=2021-10-01",
                   emu->keys.id_scope, id);
    (void)snprintf(body, sizeof body, "{\"registrationId\":\"%s\"}", id);
    text_init(&token, 1000);
    sas_add(&token, sr, key, "registration", emu_now(emu) / MOMENT_SECOND + 600);
    request.host = emu->options.host_name;
    request.target = target;
    request.authorization = text_str(&token);
    request.body = body;
    request.body_len = strlen(body);
    emu_handle(emu, &request, &response);
    status = response.status;
    emu_response_release(&response);
    text_wipe(&token);
    return status;
}

/* Is the device on its way to a hub, or hardly there? Else nobody would see it there. */
static bool rests(struct emu *emu, const char *id)
{
    const struct registration *r;
    int64_t now_us = emu_now(emu);
    bool is = false;

    store_lock_read(&emu->store);
    r = store_registration(&emu->store, id);
    if (r)
        is = now_us >= r->asked_us && now_us < 2 * r->ready_us - r->asked_us;
    store_unlock(&emu->store);
    return is;
}

int fleet_register(struct emu *emu, const char *group_key, size_t number)
{
    char id[IDENT_MAX], key[KEY_TEXT_SIZE];
    int status = 0;

    (void)snprintf(id, sizeof id, "%s-%06zu", GROUP, number);
    if (!rests(emu, id) && device_key_derive(group_key, id, key))
        status = send_register(emu, id, key);
    explicit_bzero(key, sizeof key);
    return status;
}

/* Wait until then; false when the fleet stops. The lock is held. */
static bool wait_until(struct fleet *fleet, int64_t due_ns)
{
    while (!fleet->stopping && steady_ns() < due_ns)
        cond_wait_until(&fleet->changed, &fleet->lock, due_ns);
    return !fleet->stopping;
}

static void *fleet_run(void *cls)
{
    struct fleet *fleet = cls;
    int64_t due_ns = steady_ns();
    size_t n;

    lock_take(&fleet->lock);
    for (n = 0; wait_until(fleet, due_ns); n++) {
        lock_give(&fleet->lock);
        (void)fleet_register(fleet->emu, fleet->key,
                             n % fleet->devices + 1); /* journal */
        lock_take(&fleet->lock);
        due_ns += fleet->period_ns;
        if (due_ns < steady_ns())
            due_ns = steady_ns(); /* what could not be kept up with is not made up for */
    }
    lock_give(&fleet->lock);
    return NULL;
}

/* Make the group, if there is none, and copy its key. */
static int group_take(struct fleet *fleet, struct failure *f)
{
    const struct enrollment *group;
    int r = -1;

    if (generate_group(fleet->emu, GROUP) < 0)
        return failure_set(f, "out of memory");
    store_lock_read(&fleet->emu->store);
    group = store_enrollment(&fleet->emu->store, KIND_GROUP, GROUP);
    if (group && group->type == ATTESTATION_SYMMETRIC_KEY)
        r = snprintf(fleet->key, sizeof fleet->key, "%s", enrollment_primary(group));
    store_unlock(&fleet->emu->store);
    if (r < 0)
        return failure_set(f, "--devices: the group '%s' has no symmetric keys", GROUP);
    return 0;
}

static void fleet_free(struct fleet *fleet)
{
    explicit_bzero(fleet->key, sizeof fleet->key);
    must(pthread_cond_destroy(&fleet->changed));
    must(pthread_mutex_destroy(&fleet->lock));
    free(fleet);
}

int fleet_start(struct emu *emu, size_t devices, double rate, struct fleet **ret,
                struct failure *f)
{
    struct fleet *fleet = calloc(1, sizeof *fleet);

    if (!fleet)
        return failure_set(f, "out of memory");
    fleet->emu = emu;
    fleet->devices = devices;
    fleet->period_ns = (int64_t)(1e9 / rate);
    must(pthread_mutex_init(&fleet->lock, NULL));
    cond_init(&fleet->changed);
    if (group_take(fleet, f) < 0) {
        fleet_free(fleet);
        return -1;
    }
    if (pthread_create(&fleet->thread, NULL, fleet_run, fleet) != 0) {
        fleet_free(fleet);
        return failure_set(f, "--devices: no thread can be started");
    }
    *ret = fleet;
    return 0;
}

void fleet_stop(struct fleet *fleet)
{
    if (!fleet)
        return;
    lock_take(&fleet->lock);
    fleet->stopping = true;
    must(pthread_cond_signal(&fleet->changed));
    lock_give(&fleet->lock);
    must(pthread_join(fleet->thread, NULL));
    fleet_free(fleet);
}
