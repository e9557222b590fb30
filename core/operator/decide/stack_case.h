/* StackCase: a Stack while its decision is made. Each rule looks at the view, and either decides or
 * leaves the case to the next rule. */
#pragma once

#include "decision.h"
#include "run_trigger.h"
#include "stack_view.h"

typedef struct StackCase {
    const StackView *view;
    const DecideOptions *options;
    int64_t now_ms;
    StackStatus next; /* the status as it will be */
    Decision out;
    StackSpec template; /* of new Runs */
    RunTriggerInputs inputs;
    StrVec unknown; /* variables without a value yet */
    Str trigger;    /* the wanted one; empty: unknown */
    Str revision;   /* of the source; empty: unknown */
    Artifact artifact;
    bool cancels; /* the current Run */
    Arena *arena;
} StackCase;

typedef struct StackStart {
    RunType type;
    RunCause cause;
    uint32_t retries;
} StackStart;

/* Sets the conditions. */
void stack_case_set(StackCase *the, Reason reason, Str message);
/* Looks again at this time. */
void stack_case_wake(StackCase *the, int64_t at_ms);
void stack_case_event(StackCase *the, const char *reason, Str message, Str run);
/* Names a new Run in the status and creates it. */
void stack_case_start(StackCase *the, const StackStart *start);
/* The time of the next attempt after the last Run failed. */
int64_t stack_case_retry_ms(const StackCase *the);
/* The number of the next attempt. A Run that is named but does not exist is made again. */
uint32_t stack_case_next_retry(const StackCase *the);
/* Whether the Run that the status names exists and goes on. */
bool stack_case_is_running(const StackCase *the);
/* Shows how far the current Run is. */
void stack_case_show_run(StackCase *the);
/* Ends the current Run before it applies. */
void stack_case_cancel(StackCase *the, Str message);

/* The rules of a Stack that is being deleted. */
bool decide_delete(StackCase *the);
