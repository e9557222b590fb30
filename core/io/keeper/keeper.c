/* keeper: starts the process, and makes calls through it. Each thread has a lane for each server,
 * so that a call needs no thread of its own in loam, and wakes no other one. */
#include "keeper.h"

#include "keeper_wire.h"
#include "log.h"
#include "process.h"
#include "thread.h"
#include "vec.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHECK_US = 100000 /* between two checks of a cancel token */ };

typedef struct KeeperLane {
    pthread_t owner;
    Str socket; /* of the server */
    int fd;
} KeeperLane;

struct Keeper {
    Arena *arena; /* guarded by the lock, as all fields below */
    pthread_mutex_t lock;
    Str program;
    Str settings;
    Str run;
    uint64_t label_count;
    int control; /* 0: not started */
    pid_t pid;
    Str problem; /* why it could not be started */
    bool is_left;
    VEC(KeeperLane *) lanes;
};

Keeper *keeper_open(Str program, Str run, Str settings) {
    Arena *own = arena_open("outcome keeper");
    Keeper *keeper = arena_new(own, Keeper);
    *keeper = (Keeper){
        .arena = own,
        .program = str_clone(program, own),
        .settings = str_clone(settings, own),
        .run = str_clone(run, own),
    };
    pthread_mutex_init(&keeper->lock, NULL);
    return keeper;
}

/* Starting. The caller holds the lock. */

static int keeper_spawn(Keeper *keeper, int control) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigset_t defaults;
    char *const argv[] = {(char *)KEEPER_NAME, NULL};
    SCOPED(ArenaRef) scratch = arena_open("outcome keeper");
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    /* In a session of its own, signals of the terminal do not reach it. It must not hold the output
     * of loam: readers of that output wait for its end. */
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_adddup2(&actions, control, KEEPER_CONTROL_FD);
    for (int fd = 0; fd < KEEPER_CONTROL_FD; fd++)
        posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
    int error = posix_spawn(&keeper->pid, str_to_cstr(keeper->program, scratch), &actions,
                            &attributes, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return error;
}

static Str keeper_begin(Keeper *keeper, int control, Arena *arena) {
    KeeperPacket settings = {.kind = KEEPER_BEGIN, .text = keeper->settings};
    if (!keeper_wire_send(control, &settings))
        return STR("it does not accept its settings");
    KeeperPacket reply = keeper_wire_receive(control, arena);
    if (reply.kind == KEEPER_READY)
        return STR_EMPTY;
    return reply.kind == KEEPER_REFUSED ? reply.text : STR("it ended at once");
}

static void keeper_start(Keeper *keeper) {
    int ends[2];
    int64_t began_ms = log_clock_ms();
    SCOPED(ArenaRef) scratch = arena_open("outcome keeper");
    Str problem = STR_EMPTY;
    if (!process_may_start()) {
        keeper->problem = str_from_cstr(process_error(-PROCESS_FORBIDDEN));
        return;
    }
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        keeper->problem = str_clone(str_from_cstr(strerror(errno)), keeper->arena);
        return;
    }
    int error = keeper_spawn(keeper, ends[1]);
    close(ends[1]);
    if (error)
        problem = str_from_cstr(strerror(error));
    else
        problem = keeper_begin(keeper, ends[0], scratch);
    log_debug("outcome keeper started", log_number("pid", keeper->pid),
              log_text("problem", problem), log_took(began_ms));
    if (problem.len == 0) {
        keeper->control = ends[0];
        return;
    }
    close(ends[0]);
    if (!error)
        waitpid(keeper->pid, NULL, 0);
    keeper->problem = str_clone(problem, keeper->arena);
}

bool keeper_label(Keeper *keeper, Str *out, Str *problem, Arena *arena) {
    LOCKED(&keeper->lock);
    if (!keeper->control && keeper->problem.len == 0)
        keeper_start(keeper);
    *problem = str_clone(keeper->problem, arena);
    *out = str_format(arena, "%.*s.%llu", STR_ARG(keeper->run),
                      (unsigned long long)++keeper->label_count);
    return problem->len == 0;
}

/* Calls. */

/* Opens a lane. The caller holds the lock. Returns -1 if the keeper has ended. */
static int connect_lane(const Keeper *keeper, const KeeperServer *server) {
    int ends[2];
    struct timeval check = {.tv_usec = CHECK_US};
    if (!keeper->control || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return -1;
    KeeperPacket packet = {
        .kind = KEEPER_LANE,
        .pid = server->pid,
        .text = server->socket,
        .fds = {ends[1], server->outputs[0], server->outputs[1]},
        .fd_count = server->outputs[0] >= 0 && server->outputs[1] >= 0 ? 3 : 1,
    };
    bool is_sent = keeper_wire_send(keeper->control, &packet);
    close(ends[1]);
    if (is_sent && setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &check, sizeof check) == 0)
        return ends[0];
    close(ends[0]);
    return -1;
}

/* Returns the lane of this thread to the server; NULL: the keeper has ended. */
static KeeperLane *find_lane(Keeper *keeper, const KeeperServer *server) {
    KeeperLane *found = NULL;
    LOCKED(&keeper->lock);
    vec_each(&keeper->lanes, lane) {
        if (pthread_equal((*lane)->owner, pthread_self()) &&
            str_equal((*lane)->socket, server->socket))
            found = *lane;
    }
    if (!found) {
        found = arena_new(keeper->arena, KeeperLane);
        *found = (KeeperLane){pthread_self(), str_clone(server->socket, keeper->arena), -1};
        vec_push(keeper->arena, &keeper->lanes, found);
    }
    if (found->fd < 0)
        found->fd = connect_lane(keeper, server);
    return found->fd >= 0 ? found : NULL;
}

static void keeper_fail(RpcResponse *response, RpcStatus status, bool is_lost, Str problem) {
    *response = (RpcResponse){.status = status, .is_lost = is_lost, .problem = problem};
}

static bool send_request(const KeeperLane *lane, Str label, const RpcRequest *request) {
    Str method = str_from_cstr(request->method);
    KeeperRequestHead head = {(uint32_t)label.len, (uint32_t)method.len,
                              (uint32_t)request->message.len};
    Str parts[] = {{(const char *)&head, sizeof head}, label, method, request->message};
    CHECK(request->message.len <= UINT32_MAX);
    return keeper_wire_write(lane->fd, parts, ARRAY_COUNT(parts));
}

/* The keeper has the call, and this thread does not wait for it any more. */
static void keeper_leave(Keeper *keeper, KeeperLane *lane, RpcResponse *response) {
    pthread_mutex_lock(&keeper->lock);
    keeper->is_left = true;
    lane->owner = (pthread_t){0}; /* the lane has a call in flight: no thread may use it */
    lane->socket = STR_EMPTY;
    pthread_mutex_unlock(&keeper->lock);
    keeper_fail(response, RPC_CANCELLED, true, STR("the call was cancelled"));
}

static bool receive_texts(const KeeperLane *lane, const KeeperResponseHead *head,
                          RpcResponse *response, Arena *arena) {
    char *problem = arena_alloc(arena, head->problem + 1);
    char *message = arena_alloc(arena, head->message + 1);
    *response = (RpcResponse){
        .status = (RpcStatus)head->status,
        .is_lost = head->is_lost,
        .problem = {problem, head->problem},
        .message = {message, head->message},
    };
    return keeper_wire_read(lane->fd, problem, head->problem) &&
           keeper_wire_read(lane->fd, message, head->message);
}

static void keeper_give_up(Keeper *keeper, KeeperLane *lane, RpcResponse *response) {
    pthread_mutex_lock(&keeper->lock);
    close(lane->fd);
    lane->fd = -1;
    pthread_mutex_unlock(&keeper->lock);
    keeper_fail(response, RPC_UNAVAILABLE, true, STR("the outcome keeper of loam ended"));
}

bool keeper_call(Keeper *keeper, const KeeperServer *server, Str label, const RpcRequest *request,
                 RpcResponse *response, Arena *arena) {
    KeeperLane *lane = find_lane(keeper, server);
    bool is_notified = !request->on_stop;
    if (!lane || !send_request(lane, label, request)) {
        keeper_fail(response, RPC_UNAVAILABLE, false, STR("the outcome keeper of loam has ended"));
        return false;
    }
    for (;;) {
        KeeperResponseHead head;
        ssize_t got = recv(lane->fd, &head, sizeof head, 0);
        if (got > 0) {
            if (!keeper_wire_read(lane->fd, (char *)&head + got, sizeof head - (size_t)got) ||
                !receive_texts(lane, &head, response, arena))
                keeper_give_up(keeper, lane, response);
            return false;
        }
        if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
            keeper_give_up(keeper, lane, response);
            return false;
        }
        CancelLevel level = cancel_level(request->cancel);
        if (level >= CANCEL_STOP && !is_notified) {
            is_notified = true;
            request->on_stop(request->stop_payload);
        } else if (level >= CANCEL_NOW) {
            keeper_leave(keeper, lane, response);
            return true;
        }
    }
}

/* Ending. */

void keeper_close(Keeper *keeper) {
    if (!keeper)
        return;
    KeeperPacket end = {.kind = KEEPER_END};
    bool must_wait = keeper->control && !keeper->is_left && keeper_wire_send(keeper->control, &end);
    vec_each(&keeper->lanes, lane) {
        if ((*lane)->fd >= 0)
            close((*lane)->fd);
    }
    if (keeper->control)
        close(keeper->control);
    while (must_wait && waitpid(keeper->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    pthread_mutex_destroy(&keeper->lock);
    arena_close(keeper->arena);
}
