/* Keeper: the outcome keeper, a process of loam that makes calls for it and survives it.
 *
 * loam sends the request of a creation, change or deletion to the keeper. The keeper makes the call
 * and returns the response. If loam is killed, the keeper waits for the calls in flight and hands
 * their responses, with their labels, to its sink (keeper_server.h), which writes them to disk. The
 * next run reads them.
 *
 * The process starts with the first label. A response stays in the keeper until the same thread
 * makes its next call: by then the thread has recorded the outcome. Thread-safe. */
#pragma once

#include "cancel.h"
#include "rpc.h"

#include <sys/types.h>

typedef struct Keeper Keeper;

/* The name by which the program is started as a keeper: argv[0]. */
#define KEEPER_NAME "loam-outcome-keeper"

/* A server that the keeper connects to. */
typedef struct KeeperServer {
    Str socket; /* path */
    pid_t pid;  /* of the program that serves it, which the keeper ends; 0: another one's */
    /* The read ends of the program's output pipes, so that it can write without loam; -1: none. */
    int outputs[2];
} KeeperServer;

/* `run` is a word that no other run uses. `settings` are those of the sink. `program` is the path
 * of an executable whose main function calls keeper_server_run. Starts nothing yet. */
Keeper *keeper_open(Str program, Str run, Str settings);
/* Returns a new label, for a call that will be made soon: RUN.NUMBER. When it returns, the sink has
 * begun. Returns false, with the end of a sentence in *problem, if the process cannot be started.
 */
MUST_USE bool keeper_label(Keeper *keeper, Str *out, Str *problem, Arena *arena);
/* Makes a call, as Rpc.call does, except that there is no timeout and no stream. At CANCEL_NOW the
 * keeper continues the call; only then returns true. */
bool keeper_call(Keeper *keeper, const KeeperServer *server, Str label, const RpcRequest *request,
                 RpcResponse *response, Arena *arena);
/* Ends the keeper after all outcomes are recorded, and waits for the process. If calls were left to
 * it, it continues instead, as after a death of loam. Accepts NULL. */
void keeper_close(Keeper *keeper);
