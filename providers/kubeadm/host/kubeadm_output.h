/* kubeadm_output: lines that kubeadm prints: phases for progress, results of its checks for errors.
 */
#pragma once

#include "vec.h"

/* Reads "[certs] Generating …": the phase and the rest. Returns false for other lines. */
MUST_USE bool kubeadm_output_phase(Str line, Str *phase, Str *text);

/* A check before init, join or upgrade. */
typedef struct PreflightNote {
    Str check; /* NumCPU */
    Str text;
    bool is_error;
} PreflightNote;

typedef VEC(PreflightNote) PreflightNotes;

/* Adds the failed checks and the warnings of an output. Equal notes are added once. */
void kubeadm_output_preflight(Str output, PreflightNotes *out, Arena *arena);
/* Returns a sentence about what to do, or an empty text if none is known. */
Str kubeadm_output_hint(Str check);
/* Returns the text of the last line "error: …"; empty if there is none. */
Str kubeadm_output_error(Str output);
