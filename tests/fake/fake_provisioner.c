/* A provisioner that records a note. */
#include "fake_provisioner.h"

#include "object_builder.h"

#include <unistd.h>

static const Attribute attributes[] = {
    {"text", &TYPE_STRING, REQUIRED, "The recorded note."},
    {"output", &TYPE_STRING, OPTIONAL, "Its output."},
    {"errors", &TYPE_STRING, OPTIONAL, "Its output of errors."},
    {"rest", &TYPE_NUMBER, OPTIONAL, "The size of its last piece of output."},
};

static bool is_ordered(const FakeWorld *world, Str order) {
    vec_each(&world->orders, item) {
        if (str_equal(*item, order))
            return true;
    }
    return false;
}

static bool note(const ProvisionCall *call, Value config, Diags *diags) {
    FakeWorld *world = (FakeWorld *)(uintptr_t)call->call.io;
    Arena *arena = call->call.arena;
    Str text = str_format(arena, "note %.*s", STR_ARG(object_text(config, "text", STR_EMPTY)));
    Str host = value_is_null(call->connection) ? STR_EMPTY
                                               : object_text(call->connection, "host", STR_EMPTY);
    Str output = object_text(config, "output", STR_EMPTY);
    Str errors = object_text(config, "errors", STR_EMPTY);
    for (size_t i = 0; i < output.len || i < errors.len; i++) { /* in pieces, in turn */
        if (i < output.len)
            call->output(call->payload, str_slice(output, i, i + 1), false);
        if (i < errors.len)
            call->output(call->payload, str_slice(errors, i, i + 1), true);
    }
    size_t rest = (size_t)object_int(config, "rest", 0);
    char *last = arena_new_array(arena, char, rest + 1);
    memset(last, 'x', rest);
    call->output(call->payload, (Str){last, rest}, false);
    pthread_mutex_lock(&world->mutex);
    bool fails = is_ordered(world, text);
    strbuf_add_format(&world->diary, "%.*s%s%.*s%s\n", STR_ARG(text), host.len ? " on " : "",
                      STR_ARG(host), fails ? " failed" : "");
    if (str_equal(world->stops_at, text))
        cancel_raise(world->cancel, CANCEL_STOP);
    if (str_equal(world->dies_at, text))
        _exit(9);
    pthread_mutex_unlock(&world->mutex);
    if (fails)
        diags_error(diags, NO_RANGE, "note provisioner error", "As ordered: %.*s.", STR_ARG(text));
    return !fails;
}

const ProvisionerType fake_provisioner = {
    .name = "note",
    .schema = {SCHEMA_ATTRIBUTES(attributes)},
    .run = note,
};
