/* loam with one additional provider for the bench: `tally_thing` creates nothing, but the engine
 * does not know that, and keeps a journal of it as of any real object. At its end the program
 * writes the number of its calls and the number of syncs of the program into the file that
 * BENCH_TALLY names.
 *
 * This file replaces builtin.c; all else is the unchanged program. */
#include "builtin.h"
#include "object_builder.h"
#include "provisioners.h"
#include "terraform_provider.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_ulong calls;
static atomic_ulong syncs;

/* These definitions take precedence over the library's. */
int fsync(int fd) {
    atomic_fetch_add(&syncs, 1);
    return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
    atomic_fetch_add(&syncs, 1);
    return (int)syscall(SYS_fdatasync, fd);
}

static void write_tally(void) {
    FILE *file = fopen(getenv("BENCH_TALLY"), "w");
    if (!file)
        return;
    fprintf(file, "%lu %lu\n", atomic_load(&calls), atomic_load(&syncs));
    fclose(file);
}

static bool configure(const Call *call, const ConfigureRequest *request,
                      ConfigureResponse *response, Diags *diags) {
    Value config = request->config;
    (void)call, (void)config, (void)diags;
    response->client = NULL;
    if (getenv("BENCH_TALLY"))
        atexit(write_tally);
    return true;
}

static void work(const Call *call, Value object) {
    const Clock *clock = call->io->clock;
    (void)clock->sleep_ms(clock->self, object_int(object, "wait_ms", 0), call->cancel);
    atomic_fetch_add(&calls, 1);
}

static bool create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                   Diags *) {
    ObjectBuilder builder = object_builder_of(request->planned, call->arena);
    work(call, request->planned);
    object_builder_set_text(&builder, "id", STR("made"), call->arena);
    response->state = object_builder_value(&builder);
    return true;
}

static bool delete (const Call *call, const DeleteRequest *request, DeleteResponse *, Diags *) {
    work(call, request->prior);
    return true;
}

static const Attribute attributes[] = {
    {"input", &TYPE_STRING, OPTIONAL | FORCES_NEW, "Any text."},
    {"wait_ms", &TYPE_NUMBER, OPTIONAL | FORCES_NEW, "How long a call takes."},
    {"id", &TYPE_STRING, COMPUTED, "Known after it was made."},
};

static const ResourceType thing = {
    .name = "tally_thing",
    .schema = {SCHEMA_ATTRIBUTES(attributes)},
    .recovery = RECOVERY_REPEATS,
    .create = create,
    .delete = delete,
};

static const ObjectType *const types[] = {&thing.type};

static const Provider tally_provider = {
    .name = "tally",
    .address = "loam.internal/bench/tally",
    .description = "Counts.",
    .configure = configure,
    PROVIDER_TYPES(types),
};

const ProviderRow builtin_providers[] = {
    {"terraform", "terraform.io/builtin/terraform", &terraform_provider, NULL},
    {"tally", "loam.internal/bench/tally", &tally_provider, NULL},
};
const size_t builtin_provider_count = ARRAY_COUNT(builtin_providers);

static const ProvisionerType *const provisioners[] = {&local_exec_provisioner};
const ProvisionerTable builtin_provisioners = {provisioners, ARRAY_COUNT(provisioners)};
