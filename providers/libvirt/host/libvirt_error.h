/* libvirt_error: libvirt's errors, as data and as diagnostics.
 *
 * The last error belongs to the thread and its latest call: read it right after the failure.
 * Decisions depend on the code, never on the text, which is translated. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"

#define LIBVIRT_CONNECTION_LOST                                                                    \
    "The connection to the host was lost. The next run checks the interrupted operations."

typedef struct LibvirtError {
    int code;         /* virErrorNumber */
    int domain;       /* virErrorDomain: the component of libvirt */
    int system_errno; /* if the code is VIR_ERR_SYSTEM_ERROR */
    Str message;
    Str hint; /* hint from the caller, added after the hint for the code */
} LibvirtError;

/* Return the error of this thread's latest call; code VIR_ERR_OK if none. */
LibvirtError libvirt_error_last(Arena *arena);
LibvirtError libvirt_error_of(const virError *error, Arena *arena);
int libvirt_error_code(void);
/* Returns whether the code means that the object does not exist; only then may a read remove it
 * from the state. */
bool libvirt_error_is_gone(int code);
/* Adds an error with this summary; the detail is libvirt's message and the hint. Always returns
 * false. */
bool libvirt_error_add(const Call *call, Diags *diags, const char *summary, ...) PRINTF_LIKE(3, 4);
bool libvirt_error_add_this(const Call *call, const LibvirtError *error, Diags *diags,
                            const char *summary, ...) PRINTF_LIKE(4, 5);
/* Adds an error with this detail; always returns false. */
bool libvirt_error_say(const Call *call, Diags *diags, Str summary, Str detail);
void libvirt_error_warn(const Call *call, Diags *diags, Str summary, Str detail);
/* If the latest error is transient (a busy object): sleeps, longer each time, and returns whether
 * to retry. */
bool libvirt_error_retry(const Call *call, unsigned *attempt);
