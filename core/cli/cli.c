/* What commands share of their surroundings. */
#include "cli.h"

const char *cli_environment(const Cli *cli, const char *name) {
    static const char *const prefixes[] = {"LOAM_", "TF_"};
    for (size_t i = 0; i < ARRAY_COUNT(prefixes); i++) {
        Str full = str_format(cli->arena, "%s%s", prefixes[i], name);
        const Process *process = cli->io.process;
        const char *value = process->environment(process->self, str_to_cstr(full, cli->arena));
        if (value && value[0])
            return value;
    }
    return NULL;
}

int64_t cli_now_ms(const Cli *cli) {
    return cli->io.clock->now_ms(cli->io.clock->self);
}
