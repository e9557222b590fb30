/* Diag: something the user must know or mend, as data. Only the command line renders it.
 *
 *   summary   what failed, a short sentence without a final stop ("Unsupported argument")
 *   detail    why, and the way out; full sentences; user text in double quotes; may be empty
 *   range     the exact place; `context` a wider one (the expression, the block header)
 *   address   the resource or output concerned, as text; `path` is a place inside its value
 *             (".disk[0].size")
 *   values    what the names in the failing expression stood for ("has a sensitive value")
 *
 * Diags collects them in order, in its own arena (texts are copied in). A function that returns
 * false has added at least one error, and exactly then. Not shared between threads: DiagsSink is.
 */
#pragma once

#include "source.h"
#include "vec.h"

typedef enum DiagSeverity { DIAG_ERROR, DIAG_WARNING } DiagSeverity;

typedef struct DiagValue {
    Str traversal; /* var.x */
    Str statement; /* is "abc" */
} DiagValue;

typedef struct Diag {
    DiagSeverity severity;
    Str summary;
    Str detail;
    SourceRange range;
    SourceRange context;
    SourceRange elsewhere; /* where documents for programs place it instead; none: at `range` */
    Str address;
    Str path;
    Str checked; /* whose own condition does not hold, as an address; empty: it is no such thing */
    VEC(DiagValue) values;
    Str called;            /* the function whose call failed, as it was called; empty: none */
    bool is_of_element;    /* of a list: another's may be the same, and counts as well */
    bool is_of_expression; /* its place says enough: no address in documents for programs */
    bool has_empty_place;  /* they say "line 0 of no file" of it: its name stands nowhere */
    bool is_deprecation;   /* a warning of what will go away … */
    bool is_remote;        /* … as a module says that came from elsewhere */
    bool is_unplaced;      /* such documents give it neither: as elsewhere, it is about the whole */
} Diag;

typedef struct Diags {
    Arena *arena;
    Diag *items;
    size_t count;
    size_t capacity;
    size_t error_count; /* all there were; items has DIAGS_SHOWN_MAX of a severity at most */
    size_t warning_count;
} Diags;

/* Machine-made input can be wrong in a million places: the last one shown says that there are more.
 */
#define DIAGS_SHOWN_MAX ((size_t)1000)
/* Bytes of a detail, or of what a name stood for. */
#define DIAG_TEXT_MAX ((size_t)16384)

Diags diags_new(Arena *arena);
/* Adds; the pointer (good until the next one) is for filling in address, path, context, values. */
Diag *diags_error(Diags *diags,
                  SourceRange range,
                  const char *summary,
                  const char *detail_format,
                  ...) PRINTF_LIKE(4, 5);
Diag *diags_warning(Diags *diags,
                    SourceRange range,
                    const char *summary,
                    const char *detail_format,
                    ...) PRINTF_LIKE(4, 5);
void diags_add_value(Diags *diags, Diag *diag, Str traversal, Str statement);
/* A copy of one, or of all of `from`, joins `diags`. */
void diags_add(Diags *diags, const Diag *diag);
void diags_append(Diags *diags, const Diags *from);
bool diags_has_errors(const Diags *diags);
/* Fills in the address (path, range) of those from index `from` on that have none. */
void diags_set_address(Diags *diags, size_t from, Str address);
void diags_set_range(Diags *diags, size_t from, SourceRange range);

#define NO_RANGE ((SourceRange){0})

/* DiagsSink: where many threads put their diagnostics. Guards itself. */
typedef struct DiagsSink DiagsSink;
DiagsSink *diags_sink_new(Arena *arena); /* the arena is the sink's alone while it is in use */
void diags_sink_append(DiagsSink *sink, const Diags *diags);
/* After all writers are gone. */
const Diags *diags_sink_diags(const DiagsSink *sink);
void diags_sink_close(DiagsSink *sink);
