/* Runner: the work of one container of a Run's pod. It starts the commands of this program and
 * makes no plan of its own.
 *
 *   source   gets the configuration: an artifact whose digest is checked, or a commit
 *   run      plans, or applies the plan of the order
 *   report   reads the stored plan again, in a container that starts no program of the
 *            configuration, so that its counts can be believed
 *
 * Each returns the exit status of the container; the classes are those of -exit-class. The result
 * is written as the termination message. */
#pragma once

#include "io.h"
#include "otlp_export.h"
#include "pod_paths.h"
#include "run_order.h"

typedef struct Runner {
    const Io *io;
    const CancelToken *cancel;
    Str program; /* path of this program */
    RunOrder order;
    Str directory;      /* of the root module */
    StrVec environment; /* of commands */
    bool has_key;       /* of the Stack's plans; not in the container that gets the source */
    OtlpExport collector;
    int64_t began_ms;
    Arena *arena;
} Runner;

/* Reads the order. Returns false with *problem, a sentence. */
MUST_USE bool runner_open(Runner *runner, Str *problem);
int runner_source(Runner *runner);
int runner_run(Runner *runner);
int runner_report(Runner *runner);
