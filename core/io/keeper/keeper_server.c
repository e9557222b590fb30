/* keeper_server: one thread reads requests; the reader thread of a channel writes its responses. */
#include "keeper_server.h"

#include "keeper_wire.h"
#include "log.h"
#include "thread.h"
#include "vec.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    ORPHAN_MS = 10 * 60 * 1000, /* maximum wait for calls after the death of loam */
    SHUTDOWN_MS = 2000,
    TERM_MS = 5000, /* between SIGTERM and SIGKILL */
    DRAIN_SIZE = 64 << 10,
};

/* A connection to one program. */
typedef struct Target {
    Str socket;
    RpcChannel *channel; /* NULL: it could not be connected */
    Str problem;
    pid_t pid;
    int exited;     /* a pidfd; -1: none */
    int outputs[2]; /* -1: none */
} Target;

typedef enum LaneState { LANE_IDLE, LANE_BUSY, LANE_ANSWERED } LaneState;

typedef struct Server Server;

typedef struct ServerLane {
    Server *server;
    Target *target;
    int fd;
    LaneState state; /* guarded by the lock; of the newest call, as the fields below */
    Arena *arena;    /* of the newest call */
    Str label;
    KeeperAnswer answer;
    Str bytes;
} ServerLane;

struct Server {
    Arena *arena; /* of the thread that reads requests */
    const Rpc *rpc;
    const KeeperSink *sink;
    pthread_mutex_t lock;
    int changed; /* an eventfd: a call has ended */
    VEC(Target *) targets;
    VEC(ServerLane *) lanes;
};

/* Calls. */

static KeeperAnswer answer_of(const RpcResponse *response) {
    if (response->status == RPC_OK)
        return KEEPER_ANSWER_DONE;
    return response->is_lost ? KEEPER_ANSWER_LOST : KEEPER_ANSWER_FAILED;
}

static void server_respond(const ServerLane *lane, const RpcResponse *response) {
    KeeperResponseHead head = {
        .status = (uint32_t)response->status,
        .is_lost = response->is_lost,
        .problem = (uint32_t)response->problem.len,
        .message = (uint32_t)response->message.len,
    };
    Str parts[] = {{(const char *)&head, sizeof head}, response->problem, response->message};
    bool is_alive = keeper_wire_write(lane->fd, parts, ARRAY_COUNT(parts));
    (void)is_alive; /* after the death of loam the lane is closed; the answer stays here */
}

/* Stores the answer before loam can get it. */
static void server_end_call(void *payload, const RpcResponse *response) {
    ServerLane *lane = payload;
    Server *server = lane->server;
    uint64_t one = 1;
    pthread_mutex_lock(&server->lock);
    lane->answer = answer_of(response);
    lane->bytes = str_clone(
        lane->answer == KEEPER_ANSWER_DONE ? response->message : response->problem, lane->arena);
    lane->state = LANE_ANSWERED;
    pthread_mutex_unlock(&server->lock);
    server_respond(lane, response);
    ssize_t written = write(server->changed, &one, sizeof one);
    (void)written; /* a full counter is readable too */
}

static Str server_read_text(const ServerLane *lane, size_t length, bool *ok) {
    char *text = arena_alloc(lane->arena, length + 1);
    text[length] = '\0';
    *ok = *ok && keeper_wire_read(lane->fd, text, length);
    return (Str){text, length};
}

/* Reads a request and sends it. A new request of a lane means that loam has recorded the outcome of
 * the one before. Returns false if loam ended within the request: nothing is sent then. */
static bool serve_request(Server *server, ServerLane *lane) {
    KeeperRequestHead head;
    if (!keeper_wire_read(lane->fd, &head, sizeof head))
        return false;
    pthread_mutex_lock(&server->lock);
    arena_close(lane->arena);
    lane->arena = arena_open("kept call");
    lane->state = LANE_IDLE;
    pthread_mutex_unlock(&server->lock);
    bool ok = true;
    Str label = server_read_text(lane, head.label, &ok);
    Str method = server_read_text(lane, head.method, &ok);
    Str message = server_read_text(lane, head.message, &ok);
    if (!ok)
        return false;
    pthread_mutex_lock(&server->lock);
    lane->label = label;
    lane->state = LANE_BUSY;
    pthread_mutex_unlock(&server->lock);
    RpcWatch call = {
        .method = method.ptr, .message = message, .on_end = server_end_call, .payload = lane};
    if (lane->target->channel) {
        server->rpc->watch(server->rpc->self, lane->target->channel, &call);
    } else {
        RpcResponse failed = {.status = RPC_UNAVAILABLE, .problem = lane->target->problem};
        server_end_call(lane, &failed);
    }
    return true;
}

/* Lanes. */

static Target *server_find_target(Server *server, const KeeperPacket *packet) {
    vec_each(&server->targets, target) {
        if (str_equal((*target)->socket, packet->text)) {
            for (size_t i = 1; i < packet->fd_count; i++)
                close(packet->fds[i]);
            return *target;
        }
    }
    Target *target = arena_new(server->arena, Target);
    *target =
        (Target){.socket = str_clone(packet->text, server->arena),
                 .pid = packet->pid,
                 .exited = packet->pid > 0 ? (int)syscall(SYS_pidfd_open, packet->pid, 0) : -1,
                 .outputs = {-1, -1}};
    for (size_t i = 1; i < packet->fd_count; i++)
        target->outputs[i - 1] = packet->fds[i];
    if (!server->rpc->open(server->rpc->self, target->socket, &target->channel, &target->problem,
                           server->arena))
        target->channel = NULL;
    vec_push(server->arena, &server->targets, target);
    return target;
}

static void add_lane(Server *server, const KeeperPacket *packet) {
    if (packet->fd_count == 0)
        return;
    ServerLane *lane = arena_new(server->arena, ServerLane);
    *lane = (ServerLane){.server = server,
                         .target = server_find_target(server, packet),
                         .fd = packet->fds[0],
                         .arena = arena_open("kept call")};
    vec_push(server->arena, &server->lanes, lane);
}

static LaneState server_state_of(Server *server, const ServerLane *lane) {
    LOCKED(&server->lock);
    return lane->state;
}

/* Waits for requests until loam ends. Returns whether it said farewell. */
static bool server_serve(Server *server) {
    SCOPED(ArenaRef) scratch = arena_open("outcome keeper");
    for (;;) {
        arena_reset(scratch);
        size_t count = server->lanes.count;
        struct pollfd *polled = arena_new_array(scratch, struct pollfd, count + 1);
        polled[0] = (struct pollfd){KEEPER_CONTROL_FD, POLLIN, 0};
        for (size_t i = 0; i < count; i++)
            polled[i + 1] = (struct pollfd){server->lanes.items[i]->fd, POLLIN, 0};
        if (poll(polled, count + 1, -1) < 0)
            continue;
        for (size_t i = 0; i < count; i++) {
            ServerLane *lane = server->lanes.items[i];
            if (polled[i + 1].revents && !serve_request(server, lane))
                lane->fd = -1; /* loam closed it; a call in flight continues */
        }
        if (!polled[0].revents)
            continue;
        KeeperPacket packet = keeper_wire_receive(KEEPER_CONTROL_FD, scratch);
        if (packet.kind != KEEPER_LANE)
            return packet.kind == KEEPER_END;
        add_lane(server, &packet);
    }
}

/* After the death of loam. */

static bool is_any_busy(Server *server) {
    vec_each(&server->lanes, lane) {
        if (server_state_of(server, *lane) == LANE_BUSY)
            return true;
    }
    return false;
}

/* Reads and drops what a program writes, so that it is not blocked. */
static void server_drain(int *fd) {
    char buffer[DRAIN_SIZE];
    ssize_t got = read(*fd, buffer, sizeof buffer);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
        close(*fd);
        *fd = -1;
    }
}

/* Waits until `watched` (-1: none) is readable or the time is over; drains the programs meanwhile.
 */
static void wait_and_drain(Server *server, int watched, int64_t until_ms) {
    SCOPED(ArenaRef) scratch = arena_open("outcome keeper");
    size_t count = 1;
    struct pollfd *polled = arena_new_array(scratch, struct pollfd, 1 + 2 * server->targets.count);
    polled[0] = (struct pollfd){watched, POLLIN, 0};
    vec_each(&server->targets, target) {
        for (size_t i = 0; i < 2; i++)
            polled[count++] = (struct pollfd){(*target)->outputs[i], POLLIN, 0};
    }
    int64_t left = until_ms - log_monotonic_ms();
    poll(polled, count, left > 0 ? (int)left : 0);
    for (size_t i = 1; i < count; i++) {
        if (polled[i].revents)
            server_drain(&server->targets.items[(i - 1) / 2]->outputs[(i - 1) % 2]);
    }
}

static void server_finish_calls(Server *server) {
    int64_t until_ms = log_monotonic_ms() + ORPHAN_MS;
    while (is_any_busy(server) && log_monotonic_ms() < until_ms) {
        uint64_t count;
        wait_and_drain(server, server->changed, until_ms);
        if (read(server->changed, &count, sizeof count) < 0 && errno != EAGAIN && errno != EINTR)
            return;
    }
}

static void record_answers(Server *server) {
    LOCKED(&server->lock);
    vec_each(&server->lanes, each) {
        const ServerLane *lane = *each;
        if (lane->state == LANE_ANSWERED)
            server->sink->answer(server->sink->self, lane->label, lane->answer, lane->bytes);
        else if (lane->state == LANE_BUSY)
            server->sink->answer(server->sink->self, lane->label, KEEPER_ANSWER_LOST, STR_EMPTY);
    }
}

/* Returns whether the program has ended in time. */
static bool wait_for_exit(Server *server, const Target *target, int64_t timeout_ms) {
    int64_t until_ms = log_monotonic_ms() + timeout_ms;
    struct pollfd exited = {target->exited, POLLIN, 0};
    while (poll(&exited, 1, 0) == 0 && log_monotonic_ms() < until_ms)
        wait_and_drain(server, target->exited, until_ms);
    return exited.revents != 0;
}

static void server_end_program(Server *server, Target *target) {
    SCOPED(ArenaRef) scratch = arena_open("outcome keeper");
    if (target->exited < 0)
        return;
    if (target->channel) {
        RpcRequest request = {.method = "/plugin.GRPCController/Shutdown",
                              .timeout_ms = SHUTDOWN_MS};
        RpcResponse response; /* the program may end before it responds */
        server->rpc->call(server->rpc->self, target->channel, &request, &response, scratch);
    }
    if (!wait_for_exit(server, target, SHUTDOWN_MS)) {
        kill(-target->pid, SIGTERM);
        if (!wait_for_exit(server, target, TERM_MS))
            kill(-target->pid, SIGKILL);
    }
    const char *path = str_to_cstr(target->socket, scratch);
    size_t slash = str_rfind_char(target->socket, '/');
    (void)unlink(path);
    if (slash !=
        SIZE_MAX) /* the directory that loam made for the socket; another one is not empty */
        (void)rmdir(str_to_cstr(str_slice(target->socket, 0, slash), scratch));
}

static bool server_begin(const Server *server) {
    SCOPED(ArenaRef) scratch = arena_open("outcome keeper");
    KeeperPacket settings = keeper_wire_receive(KEEPER_CONTROL_FD, scratch);
    KeeperPacket reply = {.kind = KEEPER_READY};
    if (settings.kind != KEEPER_BEGIN)
        return false;
    if (!server->sink->begin(server->sink->self, settings.text, &reply.text, scratch))
        reply.kind = KEEPER_REFUSED;
    bool is_sent = keeper_wire_send(KEEPER_CONTROL_FD, &reply);
    (void)is_sent; /* if loam has died, the connection is at its end */
    return reply.kind == KEEPER_READY;
}

int keeper_server_run(const Rpc *rpc, const KeeperSink *sink) {
    Server server = {
        .arena = arena_open("outcome keeper"),
        .rpc = rpc,
        .sink = sink,
        .changed = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
    };
    (void)fcntl(KEEPER_CONTROL_FD, F_SETFD, FD_CLOEXEC);
    pthread_mutex_init(&server.lock, NULL);
    if (server.changed < 0 || !server_begin(&server))
        return 1;
    bool is_recorded = server_serve(&server);
    if (!is_recorded) {
        server_finish_calls(&server);
        record_answers(&server);
    }
    sink->end(sink->self, is_recorded);
    vec_each(&server.targets, target) {
        if (!is_recorded)
            server_end_program(&server, *target);
    }
    return 0; /* the threads of the channels end with the process */
}
