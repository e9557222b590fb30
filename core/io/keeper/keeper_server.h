/* keeper_server: the process of an outcome keeper. It makes the calls that loam requests
 * (keeper.h). If loam ends without a farewell, it waits for the calls in flight, writes their
 * responses to the sink, and ends the programs that served them. */
#pragma once

#include "rpc.h"

typedef enum KeeperAnswer {
    KEEPER_ANSWER_DONE,   /* bytes: the response */
    KEEPER_ANSWER_FAILED, /* bytes: why the server rejected the call */
    KEEPER_ANSWER_LOST,   /* the call was sent, and no response arrived */
} KeeperAnswer;

/* Where responses are written. */
typedef struct KeeperSink {
    void *self;
    /* Called once, before the first call. Returns false with the end of a sentence in *problem. */
    bool (*begin)(void *self, Str settings, Str *problem, Arena *arena);
    /* Called after the death of loam, for each call whose outcome loam may not have recorded. */
    void (*answer)(void *self, Str label, KeeperAnswer answer, Str bytes);
    /* Called last. `is_recorded`: loam has recorded every outcome. Otherwise no other call with a
     * label of this run was sent. */
    void (*end)(void *self, bool is_recorded);
} KeeperSink;

/* Serves the control connection that keeper.c has opened, until loam ends. Returns the exit
 * status. */
int keeper_server_run(const Rpc *rpc, const KeeperSink *sink);
