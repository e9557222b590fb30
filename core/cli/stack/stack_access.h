/* StackAccess: the API server of a person who works with Stacks of the operator, as that person's
 * kubeconfig has it, and requests for one Stack. Every failure adds an error to `diags`, which says
 * what to do. Texts of the cluster are the work of others: write them with stack_access_text. */
#pragma once

#include "cli.h"
#include "kube_error.h"
#include "option.h"

typedef struct StackAccess {
    Cli *cli;
    Diags *diags;
    KubeTarget target;
    KubeClient *client; /* NULL: not open */
    KubeCall call;
    KubeRef stack; /* set by stack_access_begin */
    Str title;     /* "prod/net" */
} StackAccess;

extern const OptionGroup stack_access_options; /* -kubeconfig, -context */
/* Rows of a Command whose argument is a Stack. */
#define STACK_ARGUMENT                                                                             \
    .usage = "[options] NAMESPACE/STACK", .least_positionals = 1, .most_positionals = 1,           \
    .missing = "Give the namespace and the name of a Stack, such as prod/network."

extern const KubeResource stack_access_stacks, stack_access_runs, stack_access_approvals,
    stack_access_jobs, stack_access_pods;

/* The right to read Stacks and Runs. */
extern const char stack_access_viewer[];

/* Finds the server; sends nothing. `access` is zero before. */
MUST_USE bool stack_access_open(StackAccess *access, Cli *cli, const Arguments *arguments,
                                Diags *diags);
void stack_access_close(StackAccess *access);
SCOPED_TYPE(StackAccess, stack_access_close);

/* The same, and gets the Stack that the first argument names, as NAMESPACE/NAME. */
MUST_USE bool stack_access_begin(StackAccess *access, Cli *cli, const Arguments *arguments,
                                 Diags *diags, Value *stack);

/* A request, for its errors: the failure ("Stack not shown"), and the right that it needs. */
typedef struct StackRequest {
    const char *action;
    KubeRef ref;
    const char *right;  /* end of a sentence: "The role loam-viewer has this right." */
    bool may_be_absent; /* a get of an absent object succeeds with a zero value */
} StackRequest;

MUST_USE bool stack_access_get(StackAccess *access, const StackRequest *request, Value *out);
/* A merge patch; *out is the object as it is then. */
MUST_USE bool stack_access_patch(StackAccess *access, const StackRequest *request, Str body,
                                 Value *out);
/* The name by which the server knows the person. */
MUST_USE bool stack_access_user(StackAccess *access, Str *out);
/* Adds the error of a response that is not KUBE_DONE; returns false. */
bool stack_access_fail(StackAccess *access, const StackRequest *request,
                       const KubeResponse *response);

/* The text of a member on one line, without control characters. */
Str stack_access_text(const StackAccess *access, Value object, const char *path, const char *last);
/* Unix time in milliseconds; 0: absent. */
int64_t stack_access_time(const StackAccess *access, Value object, const char *path,
                          const char *last);
/* "3d", "5h", "7m", "12s" from `from_ms` to `to_ms`. */
Str stack_access_age(int64_t from_ms, int64_t to_ms, Arena *arena);
