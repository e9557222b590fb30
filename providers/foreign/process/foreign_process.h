/* foreign_process: one process of a provider, which loam starts or attaches to.
 *
 * Any thread may call foreign_process_call and foreign_process_memory. After a lost connection
 * every later call fails: loam does not restart the process, because its configuration and its
 * calls in flight are lost. */
#pragma once

#include "diag.h"
#include "io.h"
#include "protocol_method.h"

typedef struct ForeignProcess ForeignProcess;

typedef struct ForeignProgram {
    Str name;       /* of the provider, for messages: "hashicorp/random" */
    Str program;    /* path; empty: attach to a process that runs already */
    int descriptor; /* of the program, which starts from it; the caller keeps it open. 0: the
                       program starts from its path */
    /* Socket path and protocol (5 or 6) of a process that runs already. loam never stops it. */
    Str socket;
    int protocol;
    const CancelToken *cancel; /* of the run: at CANCEL_NOW, all its calls end; NULL: none */
} ForeignProgram;

typedef enum ForeignOutcome {
    FOREIGN_DONE,
    FOREIGN_FAILED,        /* an error was added */
    FOREIGN_UNIMPLEMENTED, /* the provider has no such call; no error was added */
} ForeignOutcome;

typedef struct ForeignRequest {
    ProtocolMethod method;
    Str message; /* encoded */
    /* Of the outcome keeper (keeper.h), which makes the call then; empty: none. */
    Str label;
    /* At CANCEL_STOP, one Stop request is sent, so that the provider ends its calls early. NULL:
     * none. */
    const CancelToken *cancel;
    /* Of a call whose response is a stream; as in RpcRequest. NULL: it is one message. */
    bool (*on_message)(void *payload, Str message);
    void *payload;
} ForeignRequest;

/* Starts the program and waits until it listens, or attaches to a running one. Returns NULL after
 * adding an error. `io` must live until foreign_process_end. */
ForeignProcess *foreign_process_start(const ForeignProgram *program, const Io *io, Diags *diags);
/* Makes one call. *out is an encoded message in `arena`; empty for a stream. `is_lost` (may be
 * NULL) receives whether the provider may have acted without a response. */
ForeignOutcome foreign_process_call(ForeignProcess *process, const ForeignRequest *request,
                                    Str *out, bool *is_lost, Arena *arena, Diags *diags);
/* Returns the version of the plugin protocol, 5 or 6. */
int foreign_process_protocol(const ForeignProcess *process);
/* Returns the resident memory of the program in bytes; 0 if loam did not start it or it has ended.
 */
uint64_t foreign_process_memory(const ForeignProcess *process);
/* Shuts the provider down, unless a call was left to the outcome keeper; kills it if it does not
 * end in time, or at once after a cancelled call, and frees `process`. Only detaches from a process
 * that loam did not start. No call may be in flight. */
void foreign_process_end(ForeignProcess *process);
