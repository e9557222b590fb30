/* kubeadm_output: parses preflight checks and errors in the output of kubeadm. Results refer to
 * the output. */
#pragma once

#include "vec.h"

/* The result of a preflight check of init, join or upgrade. */
typedef struct PreflightNote {
    Str check; /* name of the check: "NumCPU" */
    Str text;
    bool is_error; /* false: a warning */
} PreflightNote;

typedef VEC(PreflightNote) PreflightNotes;

/* Adds the errors and warnings of preflight checks in the output, without duplicates. */
void kubeadm_output_preflight(Str output, PreflightNotes *out, Arena *arena);
/* Returns a sentence that says what to do about a failed check; empty if there is no hint for it.
 */
Str kubeadm_output_hint(Str check);
/* Returns the text of the last line "error: …"; empty if there is none. */
Str kubeadm_output_error(Str output);
