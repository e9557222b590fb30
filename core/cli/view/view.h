/* View: how a command tells what it does: people read text, programs JSON. One is chosen before the
 * command runs, by the command's own option -json; no command asks which one it is.
 *
 * Diagnostics are collected by the command and shown in order: view_show_diags before a person is
 * asked something, `finish` at the end. The hooks of a walk may come from many threads; all else is
 * the main thread's. */
#pragma once

#include "cli.h"
#include "hooks.h"
#include "plan.h"
#include "state.h"
#include "view_group.h"

typedef struct View View;

typedef struct ViewType {
    /* A walk begins; its hooks. */
    const Hooks *(*walk_begin)(View *view);
    void (*walk_end)(View *view);
    /* A remark that stands for itself. */
    void (*note)(View *view, Str text);
    /* A step of init: programs know it by its code, people see those that are `for_people`. */
    void (*step)(View *view, const char *code, Str text, bool for_people);
    void (*plan)(View *view, const Plan *plan);
    /* A saved plan is about to be carried out: people have seen it. */
    void (*saved_plan)(View *view, const Plan *plan);
    /* How to go on after a plan that is saved at `path` (ptr NULL: it is not). */
    void (*plan_hint)(View *view, Str path);
    /* The plan was carried out: `done` operations; `state` is what there is now. */
    void (*applied)(View *view, const State *state);
    void (*cancelled)(View *view, PlanMode mode);
    void (*valid)(View *view);
    void (*diag)(View *view, const Diag *diag);
    /* How tests are told, with the plan or state of each run or without; NULL: not at all. */
    const struct SuiteEvents *(*tests)(View *view, bool verbose);
    /* Instead, those that are new: for a view that shows none itself. */
    void (*diags)(View *view, const Diags *diags);
    /* After the last of them. */
    void (*finish)(View *view, const Diags *diags);
    bool can_ask; /* there is a person at the other end */
    bool groups;  /* what is similar is told once */
} ViewType;

struct View {
    const ViewType *type;
    Cli *cli;
    void *self;
    bool is_destroy; /* the command is destroy, which has words of its own */
    bool is_refresh; /* the command is refresh, of which programs hear what was read alone */
    PlanCounts done; /* operations of the walk that came to a good end; a replacement is two */
    size_t shown;    /* diagnostics that have been shown */
    ViewGrouping grouping;
    bool is_concise; /* nothing of what goes on, only what came of it */
};

/* For people, on standard output and standard error. */
View *view_human_open(Cli *cli);
/* The stream of events that Terraform's users know, a JSON object a line. */
View *view_json_open(Cli *cli);
/* One JSON document of all diagnostics at the end, for validate. */
View *view_verdict_open(Cli *cli);

/* An operation has ended well. Called by the hooks, under their own lock. */
void view_count(View *view, Action action);
/* "1 imported, 2 added, 0 changed, 0 destroyed" */
Str view_summary(PlanCounts done, Arena *arena);
/* Those that have not been shown yet; one that repeats another is left out. */
void view_show_diags(View *view, const Diags *diags);
/* The rest of them, and the end. */
void view_finish(View *view, const Diags *diags);
