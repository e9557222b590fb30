#include "operator_entry.h"

#include "plugin.h"

static Plugin operator_plugin = {
    .file = "loam-operator.so",
    .symbol = "operator_entry",
    .purpose = "the operator",
    .content = &operator_entry,
    .mutex = PTHREAD_MUTEX_INITIALIZER,
};

const OperatorEntry *operator_entry_load(Str *problem, Arena *arena) {
    return plugin_get(&operator_plugin, problem, arena);
}
