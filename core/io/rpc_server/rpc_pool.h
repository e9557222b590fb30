/* RpcPool: threads that execute jobs. A job waits only if RPC_POOL_THREADS others run. */
#pragma once

#include "thread.h"

enum { RPC_POOL_THREADS = 256 };

typedef struct RpcJob RpcJob;

struct RpcJob {
    void (*run)(RpcJob *job);
    RpcJob *next;
};

typedef struct RpcPool RpcPool;

RpcPool *rpc_pool_open(void);
/* Returns false if the system has no thread for the job. */
bool rpc_pool_add(RpcPool *pool, RpcJob *job);
/* Waits until no job runs, at most `timeout_ms`; returns whether none runs. */
bool rpc_pool_wait(RpcPool *pool, int64_t timeout_ms);
/* Ends the threads. Returns false if jobs still run: then the threads and their memory stay, and
 * the process must end. */
MUST_USE bool rpc_pool_close(RpcPool *pool);
