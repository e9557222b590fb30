/* foreign_world: a program and its connection in memory. Each call gets the response that the test
 * sets for its method. */
#pragma once

#include "arena_case.h"

#include "foreign_provider.h"
#include "hex.h"
#include "map.h"
#include "registry.h"
#include "wire.h"

#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

typedef struct World {
    Io io;
    Map responses; /* method without service → RpcResponse */
    Map requests;  /* method → Str: the newest request */
    StrBuf calls;  /* methods, in order */
    StrVec stream; /* messages of each response that is a stream */
    size_t delivered;
    size_t started;
    uint64_t memory_mib; /* of the program; 0: the system does not tell */
    CancelToken *ended;
} World;

static World world;

static int world_run(void *self, const ProcessRequest *request, ProcessResult *out, Arena *into) {
    (void)self, (void)out, (void)into;
    request->started(request->payload, getpid(), (int[]){-1, -1});
    request->output(request->payload, STR("1|6|unix|/tmp/p|grpc|\n"), false);
    while (cancel_level(request->cancel) == CANCEL_NONE && cancel_level(world.ended) == CANCEL_NONE)
        cancel_wait(request->cancel, 5);
    return 0;
}

static const char *world_variable(void *, const char *name) {
    return strcmp(name, "TMPDIR") == 0 ? "." : NULL;
}

static int world_read_file(void *, Str path, Str *out, Arena *into) {
    assert_true(str_starts_with(path, STR("/proc/")));
    assert_true(str_ends_with(path, STR("/statm")));
    if (world.memory_mib == 0)
        return -ENOENT;
    uint64_t pages = (world.memory_mib << 20) / (uint64_t)sysconf(_SC_PAGESIZE);
    *out = str_format(into, "999999 %" PRIu64 " 7 1 0 9 0\n", pages);
    return 0;
}

static Disk world_disk;

static bool world_open(void *self, Str path, RpcChannel **out, Str *problem, Arena *into) {
    (void)self, (void)path, (void)problem, (void)into;
    world.started++;
    *out = (RpcChannel *)&world;
    return true;
}

static void world_call(void *self, RpcChannel *channel, const RpcRequest *request,
                       RpcResponse *response, Arena *into) {
    (void)self, (void)channel, (void)into;
    Str method = str_from_cstr(strrchr(request->method, '/') + 1);
    const RpcResponse *set = map_find(&world.responses, method);
    if (str_equal(method, STR("Shutdown"))) {
        cancel_raise(world.ended, CANCEL_STOP);
        return;
    }
    strbuf_add_format(&world.calls, "%.*s\n", STR_ARG(method));
    Str *kept = arena_new(arena, Str);
    *kept = str_clone(request->message, arena);
    map_set(&world.requests, str_clone(method, arena), kept);
    *response = set ? *set : (RpcResponse){0};
    world.delivered = 0;
    bool is_wanted = request->on_message;
    while (is_wanted && world.delivered < world.stream.count)
        is_wanted = request->on_message(request->payload, world.stream.items[world.delivered++]);
}

static void world_watch(void *self, RpcChannel *channel, const RpcWatch *watch) {
    (void)self, (void)channel, (void)watch;
}

static void world_close(void *self, RpcChannel *channel) {
    (void)self, (void)channel;
}

static const Process world_process = {.run = world_run, .environment = world_variable};
static const Rpc world_rpc = {NULL, world_open, world_call, world_watch, world_close};

static int open_world(void **state) {
    (void)open_arena(state);
    world = (World){.ended = cancel_open()};
    world.io = io_real();
    world_disk = *world.io.disk;
    world_disk.read_file = world_read_file;
    world.io.disk = &world_disk;
    world.io.process = &world_process;
    world.io.rpc = &world_rpc;
    world.responses = map_new(arena);
    world.requests = map_new(arena);
    world.calls = strbuf_new(arena);
    return 0;
}

static int close_world(void **state) {
    cancel_close(world.ended);
    return close_arena(state);
}

static inline void world_respond(const char *method, RpcResponse response) {
    RpcResponse *kept = arena_new(arena, RpcResponse);
    *kept = response;
    map_set(&world.responses, str_from_cstr(method), kept);
}

/* A response in hexadecimal. */
static inline void world_set(const char *method, const char *hex) {
    Str bytes;
    assert_true(hex_decode(str_from_cstr(hex), &bytes, arena));
    world_respond(method, (RpcResponse){.message = bytes});
}

static inline Str world_request(const char *method) {
    const Str *request = map_find(&world.requests, str_from_cstr(method));
    return request ? hex_encode(*request, arena) : STR("none");
}
