/* invoke_event: the names of events and failures. */
#include "invoke_event.h"

typedef struct InvokeName {
    const char *keyword;
    const char *name;
} InvokeName;

static const InvokeName events[] = {
    [INVOKE_BEFORE_CREATE] = {"before_create", "BeforeCreate"},
    [INVOKE_AFTER_CREATE] = {"after_create", "AfterCreate"},
    [INVOKE_BEFORE_UPDATE] = {"before_update", "BeforeUpdate"},
    [INVOKE_AFTER_UPDATE] = {"after_update", "AfterUpdate"},
    [INVOKE_BEFORE_DESTROY] = {"before_destroy", "BeforeDestroy"},
    [INVOKE_AFTER_DESTROY] = {"after_destroy", "AfterDestroy"},
};

static const InvokeName failures[] = {
    [INVOKE_HALTS] = {"halt", "ActionOnFailureHalt"},
    [INVOKE_TAINTS] = {"taint", "ActionOnFailureTaint"},
    [INVOKE_CONTINUES] = {"continue", "ActionOnFailureContinue"},
};

const char *invoke_event_keyword(InvokeEvent event) {
    return events[event].keyword;
}

const char *invoke_event_name(InvokeEvent event) {
    return events[event].name;
}

const char *invoke_failure_keyword(InvokeFailure failure) {
    return failures[failure].keyword;
}

const char *invoke_failure_name(InvokeFailure failure) {
    return failures[failure].name;
}

static size_t find_keyword(const InvokeName *names, size_t count, Str keyword) {
    size_t i = 0;
    while (i < count && !str_equal_cstr(keyword, names[i].keyword))
        i++;
    return i;
}

bool invoke_event_parse(Str keyword, InvokeEvent *out) {
    size_t i = find_keyword(events, ARRAY_COUNT(events), keyword);
    *out = (InvokeEvent)i;
    return i < ARRAY_COUNT(events);
}

bool invoke_failure_parse(Str keyword, InvokeFailure *out) {
    size_t i = find_keyword(failures, ARRAY_COUNT(failures), keyword);
    *out = (InvokeFailure)i;
    return i < ARRAY_COUNT(failures);
}

bool invoke_event_is_before(InvokeEvent event) {
    return event == INVOKE_BEFORE_CREATE || event == INVOKE_BEFORE_UPDATE ||
           event == INVOKE_BEFORE_DESTROY;
}

bool invoke_event_is_destroy(InvokeEvent event) {
    return event == INVOKE_BEFORE_DESTROY || event == INVOKE_AFTER_DESTROY;
}
