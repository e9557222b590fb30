/* command_table: all commands, in the order of the help.
 *
 * To add a command: write a file cmd_<name>.c that defines `const Command cmd_<name>`, and add its
 * name here. */
#pragma once

#include "command.h"

/* clang-format off */
#define TOP_COMMANDS(ROW) \
    ROW(init)             \
    ROW(validate)         \
    ROW(plan)             \
    ROW(apply)            \
    ROW(destroy)          \
    ROW(bundle)           \
    ROW(console)          \
    ROW(drift)            \
    ROW(env)              \
    ROW(fmt)              \
    ROW(force_unlock)     \
    ROW(get)              \
    ROW(gitops)           \
    ROW(graph)            \
    ROW(import)           \
    ROW(kubernetes)       \
    ROW(login)            \
    ROW(logout)           \
    ROW(metadata)         \
    ROW(modules)          \
    ROW(operator)         \
    ROW(output)           \
    ROW(providers)        \
    ROW(query)            \
    ROW(refresh)          \
    ROW(schema)           \
    ROW(show)             \
    ROW(state)            \
    ROW(taint)            \
    ROW(test)             \
    ROW(untaint)          \
    ROW(verify_release)   \
    ROW(version)          \
    ROW(workspace)

/* Subcommands with a separate file. */
#define PROVIDERS_COMMANDS(ROW)  \
    ROW(providers_link)          \
    ROW(providers_lock)          \
    ROW(providers_mirror)        \
    ROW(providers_schema)

#define OPERATOR_COMMANDS(ROW) \
    ROW(operator_status)       \
    ROW(operator_show)         \
    ROW(operator_approve)      \
    ROW(operator_reject)       \
    ROW(operator_reconcile)    \
    ROW(operator_suspend)      \
    ROW(operator_resume)       \
    ROW(operator_cancel)       \
    ROW(operator_logs)         \
    ROW(operator_serve)        \
    ROW(operator_source)       \
    ROW(operator_run)          \
    ROW(operator_report)
/* clang-format on */

TOP_COMMANDS(COMMAND_DECLARE)
PROVIDERS_COMMANDS(COMMAND_DECLARE)
COMMAND_DECLARE(env_promote)
COMMAND_DECLARE(metadata_page)
OPERATOR_COMMANDS(COMMAND_DECLARE)

extern const CommandTable command_table;
