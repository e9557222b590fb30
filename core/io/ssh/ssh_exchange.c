/* Exchanges bytes with the worker of a session, in the thread of the caller. */
#include "ssh_worker.h"

#include "log.h"
#include "thread.h"

#define OUTPUT_LIMIT   ((size_t)16 << 20)
#define CALLER_TICK_MS 100 /* maximum delay in noticing a signal or the deadline */

typedef struct Exchange {
    SshWorker *worker;
    SshStream *stream;
    const SshCommand *command;
    StrBuf streams[2];
    size_t limit;
    bool truncated;
    Str input;             /* the rest that is not yet in the pipe */
    bool is_input_written; /* all input is in the pipe */
    char *piece;
    int64_t ticked_ms;
} Exchange;

static void exchange_keep_output(Exchange *exchange, int index, Str piece) {
    if (exchange->command->output) {
        exchange->command->output(exchange->command->payload, piece, index == 1);
        return;
    }
    size_t room = exchange->limit - exchange->streams[index].len;
    exchange->truncated |= piece.len > room;
    strbuf_add(&exchange->streams[index], str_slice(piece, 0, room));
}

/* Reads the output that has arrived; returns true if there was some. */
static bool exchange_output(Exchange *exchange) {
    SshStream *stream = exchange->stream;
    bool moved = false;
    for (int index = 0; index < 2; index++) {
        pthread_mutex_lock(stream->lock);
        SshPipe *pipe = &stream->output[index];
        size_t size = pipe->len;
        bool was_full = ssh_pipe_room(pipe) < SSH_STREAM_PIECE;
        if (size > 0) {
            memcpy(exchange->piece, pipe->bytes + pipe->start, size);
            ssh_pipe_drop(pipe, size);
        }
        pthread_mutex_unlock(stream->lock);
        if (size == 0)
            continue;
        if (was_full)
            ssh_worker_notify(exchange->worker);
        exchange_keep_output(exchange, index, (Str){exchange->piece, size});
        moved = true;
    }
    return moved;
}

/* Writes a piece of input to the pipe; returns true if there was some. */
static bool exchange_input(Exchange *exchange) {
    SshStream *stream = exchange->stream;
    const SshCommand *command = exchange->command;
    if (exchange->is_input_written)
        return false;
    pthread_mutex_lock(stream->lock);
    size_t room = ssh_pipe_room(&stream->input);
    /* The caller may repeat a command that is not started, so `feed` is not called yet. */
    bool is_early = command->feed && stream->state != SSH_STREAM_RUNNING;
    pthread_mutex_unlock(stream->lock);
    if (room < SSH_STREAM_PIECE || is_early)
        return false;
    Str piece = str_slice(exchange->input, 0, room);
    exchange->input = str_after(exchange->input, piece.len);
    bool is_end = exchange->input.len == 0 && !command->feed;
    if (piece.len == 0 && command->feed) {
        int64_t fed = command->feed(command->payload, exchange->piece, room);
        is_end = fed < 0;
        piece = (Str){exchange->piece, fed > 0 ? (size_t)fed : 0};
    }
    if (piece.len == 0 && !is_end)
        return false;
    pthread_mutex_lock(stream->lock);
    if (piece.len > 0)
        ssh_pipe_add(&stream->input, piece, stream->arena);
    stream->input_ended = exchange->is_input_written = is_end;
    pthread_mutex_unlock(stream->lock);
    ssh_worker_notify(exchange->worker);
    return true;
}

static void exchange_tick(Exchange *exchange) {
    int64_t now = log_monotonic_ms();
    if (!exchange->command->tick || now - exchange->ticked_ms < CALLER_TICK_MS)
        return;
    exchange->ticked_ms = now;
    exchange->command->tick(exchange->command->payload);
}

/* Waits for a change. Returns true when the stream has ended and all its output is read. */
static bool exchange_wait(Exchange *exchange) {
    SshStream *stream = exchange->stream;
    pthread_mutex_lock(stream->lock);
    bool has_output = stream->output[0].len > 0 || stream->output[1].len > 0;
    bool has_ended = stream->state == SSH_STREAM_ENDED;
    bool wants_input = !exchange->is_input_written && exchange->input.len > 0 &&
                       !exchange->command->feed &&
                       ssh_pipe_room(&stream->input) >= SSH_STREAM_PIECE;
    if (!has_output && !has_ended && !wants_input)
        thread_wait(&stream->changed, stream->lock, CALLER_TICK_MS);
    pthread_mutex_unlock(stream->lock);
    exchange_tick(exchange);
    return has_ended && !has_output;
}

static SshStatus exchange_run(Exchange *exchange, const SshDeadline *deadline) {
    for (;;) {
        SshStatus status = ssh_socket_check(deadline);
        if (status != SSH_DONE)
            return status;
        bool moved = exchange_output(exchange);
        moved = exchange_input(exchange) || moved;
        if (!moved && exchange_wait(exchange))
            return exchange->stream->status;
    }
}

/* Returns the exit status of a shell whose command this signal ended; 255 if unknown. */
static int signal_status(Str name) {
    static const struct {
        const char *name;
        int number;
    } signals[] = {
        {"HUP", 1},   {"INT", 2},   {"QUIT", 3},  {"ILL", 4},   {"ABRT", 6},
        {"FPE", 8},   {"KILL", 9},  {"USR1", 10}, {"SEGV", 11}, {"USR2", 12},
        {"PIPE", 13}, {"ALRM", 14}, {"TERM", 15},
    };
    for (size_t i = 0; i < ARRAY_COUNT(signals); i++) {
        if (str_equal_cstr(name, signals[i].name))
            return 128 + signals[i].number;
    }
    return 255;
}

SshStatus ssh_exchange_exec(SshWorker *worker, const SshCommand *command, SshResult *out,
                            SshProblem *problem, Arena *arena) {
    SshDeadline deadline = ssh_socket_deadline(command->timeout);
    SCOPED(ArenaRef) scratch = arena_open("ssh exchange");
    SshStream *stream = ssh_worker_exec(worker, command->command);
    Exchange exchange = {
        .worker = worker,
        .stream = stream,
        .command = command,
        .streams = {strbuf_new(arena), strbuf_new(arena)},
        .limit = command->output_limit ? command->output_limit : OUTPUT_LIMIT,
        .input = command->input,
        .piece = arena_alloc(scratch, SSH_PIPE_SIZE),
        .ticked_ms = log_monotonic_ms(),
    };
    SshStatus status = exchange_run(&exchange, &deadline);
    pthread_mutex_lock(stream->lock);
    *out = (SshResult){
        .exit_status = stream->exit_status < 0 ? 255 : stream->exit_status,
        .signal = str_clone(stream->exit_signal, arena),
        .out = strbuf_str(&exchange.streams[0]),
        .err = strbuf_str(&exchange.streams[1]),
        .truncated = exchange.truncated,
    };
    if (status != SSH_DONE)
        *problem = (SshProblem){.text = str_clone(stream->error, arena),
                                .may_have_run = stream->was_requested};
    pthread_mutex_unlock(stream->lock);
    if (out->signal.len > 0)
        out->exit_status = signal_status(out->signal);
    ssh_worker_abandon(worker, stream);
    return status;
}
