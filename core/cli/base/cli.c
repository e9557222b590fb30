/* Environment variables, output and program names, for all commands. */
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

void cli_write(const Cli *cli, Str text) {
    const Disk *disk = cli->io.disk;
    int error;
    if (!cli->stream.handle)
        terminal_out(text);
    else if ((error = disk->append(disk->self, cli->stream, text)) < 0)
        terminal_fail("The file of -json-into", -error);
}

static const RenderPeer terraform = {"Terraform", "terraform", true};
static const RenderPeer tofu = {"OpenTofu", "tofu", false};

static const CliName names[] = {
    {"loam", "loam", "terraform", "terraform.ui", ".loam", false, NULL, false, false},
    {"terraform", "Terraform", "terraform", "terraform.ui", ".terraform", true, &terraform, false,
     true},
    {"tofu", "OpenTofu", "tofu", "tofu.ui", ".terraform", true, &tofu, true, false},
};

const CliName *cli_name(const Cli *cli) {
    return cli->name ? cli->name : &names[0];
}

const CliName *cli_name_of_program(const char *path) {
    Str name = disk_name_of(str_from_cstr(path));
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        if (str_equal_cstr(name, names[i].name))
            return &names[i];
    }
    return &names[0];
}

int64_t cli_now_ms(const Cli *cli) {
    return cli->io.clock->now_ms(cli->io.clock->self);
}
