/* Diag: an error or warning for the user, as data. Only the command line renders it.
 *
 *   summary   the failure, a short sentence without a final stop ("Unsupported argument")
 *   detail    the reason and the remedy; full sentences; user text in double quotes; may be empty
 *   range     the exact place; `context` a wider one (the expression, the block header)
 *   address   the resource or output concerned, as text; `path` is a place inside its value
 *             (".disk[0].size")
 *   values    the values of the names in the failing expression ("has a sensitive value")
 *
 * Diags collects diagnostics in order, in its own arena (texts are copied in). A function that
 * returns false has added at least one error; a function that returns true has added none. Threads
 * must not share a Diags; they share a DiagsSink. */
#pragma once

#include "source_text.h"
#include "vec.h"

typedef enum DiagSeverity { DIAG_ERROR, DIAG_WARNING } DiagSeverity;

/* What a diagnostic is about. Formats for programs decide by it which members they write. */
typedef enum DiagSubject {
    DIAG_OBJECT,     /* default: the object at `address`, or the block at `range` */
    DIAG_EXPRESSION, /* the expression at `range`; `address` is where it was evaluated */
    DIAG_NAME,       /* a name that cannot be used alone ("var"); it may have no range */
    DIAG_RELATION,   /* several blocks, or the absence of one; `range` is one of the places */
} DiagSubject;

/* Why an error occurred, for the exit status of -exit-class. Of several errors, the last class in
 * this order counts. */
typedef enum DiagClass {
    DIAG_OTHER,       /* 1; default: the configuration, the plan, a provider */
    DIAG_UNREACHABLE, /* 75: a held lock, or a server that does not answer; it may pass. Counts only
                         if all errors have it */
    DIAG_MISMATCH,    /* 65: a digest is not the expected one */
    DIAG_STALE,       /* 66: the saved plan no longer fits the state */
    DIAG_DENIED,      /* 77: a permission or a policy forbids it */
    DIAG_IN_DOUBT,    /* 78: it is unknown whether an object was created */
} DiagClass;

typedef struct DiagValue {
    Str traversal; /* var.x */
    Str statement; /* is "abc" */
} DiagValue;

typedef struct Diag {
    DiagSeverity severity;
    DiagSubject subject;
    DiagClass class;
    Str summary;
    Str detail;
    SourceRange range;
    SourceRange context;
    SourceRange noticed; /* where a parser notices the error, if that is not `range` */
    Str address;
    Str path;
    Str checked; /* address whose condition (precondition, check …) failed; empty: none */
    VEC(DiagValue) values;
    Str called;         /* name of the function whose call failed, as written; empty: none */
    bool is_of_element; /* concerns one element: show it even if an equal diagnostic was shown */
    bool is_of_walk; /* warning of a provider that is a program: each walk shows it, as in Terraform
                      */
    bool follows;    /* results from an error that is reported too: people see that one only */
    bool is_deprecation; /* a deprecation warning; options can hide it */
    bool is_remote;      /* the deprecation is in a module from a remote source */
    bool hides_line;     /* the line of `range` holds a secret: show the position alone */
    bool hides_snippet;  /* so does a line of `noticed`, or of `range` without one */
} Diag;

typedef struct Diags {
    Arena *arena;
    Diag *items;
    size_t count;
    size_t capacity;
    size_t error_count; /* all errors; `items` holds at most DIAGS_SHOWN_MAX of each severity */
    size_t warning_count;
    DiagClass next; /* of diags_as */
} Diags;

/* Generated input can have a million errors. The last diagnostic shown says that there are more. */
#define DIAGS_SHOWN_MAX ((size_t)1000)
/* Limit in bytes for a detail and for the text of a value. */
#define DIAG_TEXT_MAX ((size_t)16384)

Diags diags_new(Arena *arena);
/* Adds one diagnostic, with copies of the texts but not of the source of `range`. The pointer is
 * valid until the next one is added; the caller may set the other members through it. */
Diag *diags_error(Diags *diags, SourceRange range, const char *summary, const char *detail_format,
                  ...) PRINTF_LIKE(4, 5);
Diag *diags_warning(Diags *diags, SourceRange range, const char *summary, const char *detail_format,
                    ...) PRINTF_LIKE(4, 5);
/* Adds an error and returns false, for the end of a function that has found it. */
bool diags_fail(Diags *diags, SourceRange range, const char *summary, const char *detail_format,
                ...) PRINTF_LIKE(4, 5);
/* Gives the next diagnostic this class: diags_fail(diags_as(DIAG_STALE, diags), …). Returns
 * `diags`. */
Diags *diags_as(DiagClass class, Diags *diags);
/* Returns the class of a failed request, by the reason that a server or a library gives:
 * DIAG_DENIED, DIAG_UNREACHABLE, or `otherwise`. */
DiagClass diag_class_of(Str reason, DiagClass otherwise);
/* Returns the exit status for the errors: 1 if there are none. */
int diags_exit_status(const Diags *diags);
void diags_add_value(Diags *diags, Diag *diag, Str traversal, Str statement);
/* Adds a copy of one diagnostic, or of all in `from`. */
void diags_add(Diags *diags, const Diag *diag);
void diags_append(Diags *diags, const Diags *from);
bool diags_has_errors(const Diags *diags);
/* Sets the address (or the range) of each diagnostic from index `from` on that has none. */
void diags_set_address(Diags *diags, size_t from, Str address);
void diags_set_range(Diags *diags, size_t from, SourceRange range);
/* Sets the subject of each diagnostic from index `from` on whose subject is DIAG_OBJECT. */
void diags_set_subject(Diags *diags, size_t from, DiagSubject subject);

#define NO_RANGE ((SourceRange){0})

/* DiagsSink: collects the diagnostics of many threads; locks itself. */
typedef struct DiagsSink DiagsSink;
DiagsSink *diags_sink_new(Arena *arena); /* only the sink may use the arena until it is closed */
void diags_sink_append(DiagsSink *sink, const Diags *diags);
/* May be called after all writers have ended. */
const Diags *diags_sink_diags(const DiagsSink *sink);
void diags_sink_close(DiagsSink *sink);
