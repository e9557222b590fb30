/* libvirt_error: what libvirt said, as data and as diagnostics.
 *
 * The last error belongs to the thread and to the newest call: read it right after the failure.
 * Decisions are made on the code, never on the text, which is translated. */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"

typedef struct LibvirtError {
    int code;         /* virErrorNumber */
    int domain;       /* virErrorDomain: which part of libvirt */
    int system_errno; /* of VIR_ERR_SYSTEM_ERROR */
    Str message;
    Str way_out; /* what the caller knows about it; stands behind what the code tells */
} LibvirtError;

/* Of this thread's newest call; code VIR_ERR_OK when there is none. */
LibvirtError libvirt_error_last(Arena *arena);
LibvirtError libvirt_error_of(const virError *error, Arena *arena);
int libvirt_error_code(void);
/* The object is not there: the only codes that may take a thing out of the state. */
bool libvirt_error_is_gone(int code);
/* Adds an error: the summary as given, libvirt's words and the way out as detail. Always false, so
 * that `return libvirt_error_add(…)` reads well. */
bool libvirt_error_add(const Call *call, Diags *diags, const char *summary, ...) PRINTF_LIKE(3, 4);
bool libvirt_error_add_this(const Call *call,
                            const LibvirtError *error,
                            Diags *diags,
                            const char *summary,
                            ...) PRINTF_LIKE(4, 5);
/* An error in our own words; always false. */
bool libvirt_error_say(const Call *call, Diags *diags, Str summary, Str detail);
void libvirt_error_warn(const Call *call, Diags *diags, Str summary, Str detail);
/* The name is taken by an object that loam did not make. Always false. */
bool libvirt_error_add_taken(const Call *call, const char *kind, Str name, Str uuid, Diags *diags);
/* The newest error is one that passes by itself (a busy object): sleeps, longer each time, and says
 * whether to try again. */
bool libvirt_error_retry(const Call *call, unsigned *attempt);
