/* View: presents the progress and result of a command: text for people, JSON for programs. The
 * command's option -json selects the view before the command runs. Commands do not depend on the
 * selected view.
 *
 * The command collects diagnostics. view_show_diags shows them before a prompt, view_finish at the
 * end. Hooks may be called from many threads at once; everything else belongs to the main
 * thread. */
#pragma once

#include "cli.h"
#include "config.h"
#include "hooks.h"
#include "state.h"

#define VIEW_NOTE_EVERY_MS 10000 /* between the notes about an operation that still runs */
#define VIEW_LOOK_EVERY_MS 500   /* for operations that need a note */

/* The options -compact-warnings, -consolidate-warnings, -consolidate-errors and -deprecation. */
typedef struct ViewGrouping {
    bool compacts_warnings;     /* prints summaries only, unless there are errors */
    bool consolidates_warnings; /* merges warnings of the same summary */
    bool consolidates_errors;
    bool hides_deprecations;
    bool hides_remote_deprecations; /* deprecations by modules from remote sources */
} ViewGrouping;

/* An argument by which loam starts a program, or git for a module. */
typedef struct ProgramStart {
    Str address;  /* of the block, with its module */
    Str argument; /* "exec.command" */
    Str source;   /* of the fetched module that contains the block, without secrets; empty: local */
    SourceRange range;
} ProgramStart;
typedef VEC(ProgramStart) ProgramStarts;

/* A validated configuration. */
typedef struct ValidReport {
    const ConfigNewer *newer;      /* its constructs of newer languages; NULL: it is not valid */
    const ProgramStarts *programs; /* NULL: not asked for */
} ValidReport;

typedef struct View View;

typedef struct ViewType {
    /* Begins a walk. Returns the hooks that receive its events, or NULL. */
    const Hooks *(*walk_begin)(View *view);
    void (*walk_end)(View *view);
    /* Shows a message. */
    void (*note)(View *view, Str text);
    /* Reports a step of init. JSON has every step, with its code; people see only steps that are
     * `for_people`. */
    void (*step)(View *view, const char *code, Str text, bool for_people);
    void (*plan)(View *view, const Plan *plan);
    /* Reports a saved plan before its apply. People have already seen it. */
    void (*saved_plan)(View *view, const Plan *plan);
    /* Shows how to continue after a plan that was saved at `path` (ptr NULL: not saved). `digest`
     * is that of a plan in the state's backend (empty: a file). `generated` is the file with
     * generated configuration (empty: none). */
    void (*plan_hint)(View *view, Str path, Str digest, Str generated);
    /* Reports a completed apply: view->done operations; `state` is the new state. */
    void (*applied)(View *view, const State *state);
    void (*cancelled)(View *view, PlanMode mode);
    void (*valid)(View *view, const ValidReport *report);
    /* Reports the end of a query whose lists are complete; their results were events. */
    void (*searched)(View *view, const Listings *listings);
    void (*diag)(View *view, const Diag *diag);
    /* Returns the events that report tests; `verbose` adds the plan or state of each run. NULL:
     * this view does not report tests. */
    const struct SuiteEvents *(*tests)(View *view, bool verbose);
    /* Replaces `diag` in a view that shows no diagnostics itself: receives all of them. May be
     * NULL. */
    void (*diags)(View *view, const Diags *diags);
    /* Called once, after the last diagnostic. */
    void (*finish)(View *view, const Diags *diags);
    bool can_ask; /* a person can answer prompts */
    bool groups;  /* applies the options of ViewGrouping to warnings and errors */
} ViewType;

struct View {
    const ViewType *type;
    Cli *cli;
    void *self;
    bool is_destroy; /* command is destroy: its summary has different wording */
    bool is_refresh; /* command is refresh: no plan and no summary of an apply is shown */
    PlanCounts done; /* successful operations of the walk; a replacement is two */
    size_t shown;    /* number of diagnostics already shown */
    ViewGrouping grouping;
    const Plan *planned; /* whose apply may follow; NULL: none */
    Str state_out;       /* file of -state-out; empty: none */
    bool is_concise;     /* -concise: shows results, but no progress */
};

/* Returns a view of this type; `self` is its own data. */
View *view_new(Cli *cli, const ViewType *type, void *self);
/* Opens the view for people, on standard output and standard error. */
View *view_human_open(Cli *cli);
/* Opens the JSON view: Terraform's event stream, one object per line. */
View *view_json_open(Cli *cli);

/* Counts a successful operation. Called by hooks that hold their own lock. */
void view_count(View *view, Action action);
/* Counts an invocation of an action; the same. */
void view_count_invocation(View *view, bool failed);
/* ". Actions: 2 invoked, 1 failed"; empty without invocations. */
Str view_invoked(PlanCounts done, Arena *arena);
/* "1 imported, 2 added, 0 changed, 0 destroyed", called as tofu also "1 forgotten", and the
 * invocations */
Str view_summary(const View *view, Arena *arena);
/* The message about a file with generated configuration. */
Str view_generated(const View *view, Str path, Arena *arena);
/* Returns true if one of the 200 diagnostics before `i` has the same severity, text, address and
 * place. */
bool view_is_repeated(const Diags *diags, size_t i);
/* Shows the diagnostics that have not been shown yet, in order. Omits repetitions of earlier ones.
 * In a view that `groups`, a group of similar ones stands at the place of its first member. */
void view_show_diags(View *view, const Diags *diags);
/* Shows other diagnostics than those of the command, all of them, in the same way. */
void view_show_groups(View *view, const Diags *diags);
/* Shows the remaining diagnostics, then finishes the view. */
void view_finish(View *view, const Diags *diags);

/* Reports one run through two views: to a person, and as a JSON stream to a file (-json-into).
 * Prompts go through `human`. */
View *view_tee_open(View *human, View *json);

/* The slots walk_begin and walk_end of a view: progress of a walk, on a terminal a live line for
 * each running operation and a bar for all of them, elsewhere plain lines. Locks its own data,
 * since events come from many threads. The view's `self` holds the progress meanwhile. */
const Hooks *view_progress_begin(View *owner);
/* Erases the live lines and stops the ticker. */
void view_progress_end(View *owner);

/* Names an operation while it runs and after it has ended. */
const char *action_verbs_doing(Action action);             /* "Creating" */
const char *action_verbs_done(Action action);              /* "Creation" … complete, failed */
const char *action_verbs_operating(const char *operation); /* "open" → "Opening" */
