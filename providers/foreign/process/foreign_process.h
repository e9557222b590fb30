/* foreign_process: one process of a provider: started or attached to, called, stopped.
 *
 * Any thread may call. A process whose connection broke fails every later call; it is not started
 * again, because calls may have changed something. */
#pragma once

#include "diag.h"
#include "io.h"
#include "protocol_message.h"

typedef struct ForeignProcess ForeignProcess;

typedef struct ForeignProgram {
    Str name;    /* of the provider, for messages: "hashicorp/random" */
    Str program; /* path; empty: a process that runs already */
    /* Of a process that runs already. It is never stopped. */
    Str socket;
    int protocol;
} ForeignProgram;

/* The effect of the user's interrupt on a call; NULL: none. */
typedef struct ForeignInterrupt {
    const CancelToken *cancel;
    void (*on_stop)(void *payload); /* at the first signal */
    void *payload;
} ForeignInterrupt;

typedef enum ForeignOutcome {
    FOREIGN_DONE,
    FOREIGN_FAILED,        /* an error was added */
    FOREIGN_UNIMPLEMENTED, /* the provider has no such call; no error was added */
} ForeignOutcome;

/* Starts the program and waits until it listens. Returns NULL after adding an error. */
ForeignProcess *foreign_process_start(const ForeignProgram *program, const Io *io, Diags *diags);
/* Makes one call. Diagnostics of the response are added; errors among them give FOREIGN_FAILED, and
 * *response is set nevertheless. `is_lost` (may be NULL) tells whether the provider may have acted
 * without a response. */
ForeignOutcome foreign_process_call(ForeignProcess *process,
                                    ProtocolMethod method,
                                    const ProtocolRequest *request,
                                    const ForeignInterrupt *interrupt,
                                    ProtocolResponse *response,
                                    bool *is_lost,
                                    Arena *arena,
                                    Diags *diags);
/* Calls without a struct for the response; *out is a view in `arena`. */
ForeignOutcome foreign_process_call_raw(ForeignProcess *process,
                                        ProtocolMethod method,
                                        Str request,
                                        const ForeignInterrupt *interrupt,
                                        Str *out,
                                        bool *is_lost,
                                        Arena *arena,
                                        Diags *diags);
int foreign_process_protocol(const ForeignProcess *process);
/* Asks the provider to end the calls in flight. */
void foreign_process_interrupt(ForeignProcess *process);
/* Shuts the provider down; kills it if it does not end. No call may be in flight. */
void foreign_process_end(ForeignProcess *process);
