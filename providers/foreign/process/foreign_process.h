/* foreign_process: one process of a provider: started or attached to, called, stopped.
 *
 * Any thread may call. A process whose connection broke fails every later call; it is not started
 * again, because calls may have changed something. */
#pragma once

#include "diag.h"
#include "io.h"
#include "protocol_method.h"

typedef struct ForeignProcess ForeignProcess;

typedef struct ForeignProgram {
    Str name;    /* of the provider, for messages: "hashicorp/random" */
    Str program; /* path; empty: a process that runs already */
    /* Of a process that runs already. It is never stopped. */
    Str socket;
    int protocol;
} ForeignProgram;

typedef enum ForeignOutcome {
    FOREIGN_DONE,
    FOREIGN_FAILED,        /* an error was added */
    FOREIGN_UNIMPLEMENTED, /* the provider has no such call; no error was added */
} ForeignOutcome;

/* Starts the program and waits until it listens. Returns NULL after adding an error. */
ForeignProcess *foreign_process_start(const ForeignProgram *program, const Io *io, Diags *diags);
/* Makes one call. `request` and *out are the encoded messages; *out is a view in `arena`. The first
 * CANCEL_STOP of `cancel` (NULL: none) asks the provider once to end its calls, which then respond.
 * `is_lost` (may be NULL) says whether the provider may have acted without a response. */
ForeignOutcome foreign_process_call(ForeignProcess *process,
                                    ProtocolMethod method,
                                    Str request,
                                    const CancelToken *cancel,
                                    Str *out,
                                    bool *is_lost,
                                    Arena *arena,
                                    Diags *diags);
int foreign_process_protocol(const ForeignProcess *process);
/* Shuts the provider down; kills it if it does not end. No call may be in flight. */
void foreign_process_end(ForeignProcess *process);
