/* foreign_programs: reads files and environment variables at the first lookup of a provider. */
#include "foreign_programs.h"

#include "json.h"
#include "provider_mirror.h"

struct ForeignPrograms {
    ForeignLocator locator;
    const ProviderSource *source;
    Cli *cli;
    bool is_read;
    bool is_preferred; /* programs take precedence over the providers that loam contains */
    CliConfig config;
    Value reattached; /* an object: address → where the process listens */
};

static Str home_file(const Cli *cli) {
    Str home = process_variable(cli->io.process, "HOME");
    return disk_join(home, STR(".terraformrc"), cli->arena);
}

static Str config_path(const Cli *cli) {
    Str path = process_variable(cli->io.process, "TF_CLI_CONFIG_FILE");
    return path.len ? path : home_file(cli);
}

static bool read_config(ForeignPrograms *programs, Diags *diags) {
    const Cli *cli = programs->cli;
    Str path = config_path(cli);
    Str text;
    int error = cli->io.disk->read_file(cli->io.disk->self, path, &text, cli->arena);
    if (error != 0)
        return true; /* as in Terraform, a missing file is no error */
    return cli_config_parse(text, path, &programs->config, cli->arena, diags);
}

static bool read_reattached(ForeignPrograms *programs, Diags *diags) {
    const Cli *cli = programs->cli;
    Str text = process_variable(cli->io.process, "TF_REATTACH_PROVIDERS");
    const char *error = NULL;
    size_t offset;
    programs->reattached = value_null(&TYPE_DYNAMIC);
    if (text.len == 0)
        return true;
    if (json_parse_any(text, &programs->reattached, &error, &offset, cli->arena) &&
        programs->reattached.type->kind == KIND_OBJECT)
        return true;
    diags_error(diags, NO_RANGE, "Invalid TF_REATTACH_PROVIDERS",
                "The environment variable TF_REATTACH_PROVIDERS must be a JSON object, as the "
                "provider prints it when it is started with -debug.");
    return false;
}

static bool find_reattached(const ForeignPrograms *programs, ForeignLocation *place) {
    Value all = programs->reattached;
    for (size_t i = 0; value_is_present(all) && i < all.count; i++) {
        Value address, one = value_at(all, i);
        Str key = cli_config_address(value_key_at(all, i), programs->cli->arena);
        if (!str_equal(key, place->address) || !value_find_present(one, STR("Addr"), &address))
            continue;
        Value protocol;
        int64_t number = 5;
        if (value_find_present(one, STR("ProtocolVersion"), &protocol) &&
            protocol.type->kind == KIND_NUMBER && !value_to_int(protocol, &number))
            number = 5;
        place->socket = value_text_at(address, STR("String"));
        place->protocol = number == 6 ? 6 : 5;
        return true;
    }
    return false;
}

static bool find_override(const ForeignPrograms *programs,
                          ForeignLocation *place,
                          bool *is_found,
                          Diags *diags) {
    const Cli *cli = programs->cli;
    vec_each(&programs->config.overrides, override) {
        if (!str_equal(override->address, place->address))
            continue;
        *is_found = true;
        place->program =
            provider_mirror_program(cli->io.disk, override->directory, place->address, cli->arena);
        if (place->program.len)
            return true;
        diags_error(diags, NO_RANGE, "Failed to load plugin schemas",
                    "The directory \"%.*s\", which dev_overrides of the CLI configuration names "
                    "for %.*s, has no program \"terraform-provider-%.*s\".",
                    STR_ARG(override->directory), STR_ARG(place->address),
                    STR_ARG(registry_local_name(place->address)));
        return false;
    }
    return true;
}

static bool is_own(Str name, Str address) {
    return str_equal(name, STR("terraform")) ||
           str_equal(address, STR("terraform.io/builtin/terraform")) ||
           str_starts_with(address, STR("loam.internal/"));
}

static bool locate(void *self,
                   Str name,
                   bool is_row,
                   ForeignLocation *out,
                   bool *is_found,
                   Arena *arena,
                   Diags *diags) {
    ForeignPrograms *programs = self;
    out->address = cli_config_address(name, arena);
    *is_found = false;
    if (is_own(name, out->address))
        return true;
    if (!programs->is_read && (!read_config(programs, diags) || !read_reattached(programs, diags)))
        return false;
    programs->is_read = true;
    *is_found = find_reattached(programs, out);
    if (*is_found)
        return true;
    if (!find_override(programs, out, is_found, diags))
        return false;
    if (*is_found || (is_row && !programs->is_preferred))
        return true;
    out->program =
        provider_mirror_find(programs->cli->io.disk, &programs->config, out->address, arena);
    *is_found = out->program.len > 0;
    return true;
}

static bool is_configured(const Cli *cli) {
    static const char *const names[] = {"TF_CLI_CONFIG_FILE", "TF_REATTACH_PROVIDERS",
                                        "LOAM_PROVIDERS"};
    DiskStat stat;
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        if (process_variable(cli->io.process, names[i]).len > 0)
            return true;
    }
    return cli->io.disk->stat(cli->io.disk->self, home_file(cli), &stat) == 0;
}

ForeignPrograms *foreign_programs_open(Cli *cli) {
    if (!is_configured(cli))
        return NULL;
    ForeignPrograms *programs = arena_new(cli->arena, ForeignPrograms);
    Str preferred = process_variable(cli->io.process, "LOAM_PROVIDERS");
    programs->locator = (ForeignLocator){programs, locate};
    programs->cli = cli;
    programs->is_preferred = str_equal(preferred, STR("foreign"));
    programs->source = foreign_source_open(&programs->locator, &cli->io);
    registry_set_source(cli->registry, programs->source);
    return programs;
}

void foreign_programs_close(ForeignPrograms *programs) {
    if (programs)
        foreign_source_close(programs->source);
}
