/* Reads the files of the CLI configuration and checks their directories. */
#include "cli_config_load.h"

#include "json.h"

#include <errno.h>

typedef struct Loading {
    const Io *io;
    CliConfig *config;
    Arena *arena;
    Diags *diags;
} Loading;

static Str in_home(const Io *io, const char *name, Arena *arena) {
    Str home = process_variable(io->process, "HOME");
    return home.len ? disk_join(home, str_from_cstr(name), arena) : STR_EMPTY;
}

Str cli_config_credentials_path(const Io *io, Arena *arena) {
    return in_home(io, ".terraform.d/credentials.tfrc.json", arena);
}

static bool cli_config_load_is_within(Str path, Str root) {
    return str_equal(path, root) ||
           (str_starts_with(path, root) && (root.len == 1 || path.ptr[root.len] == '/'));
}

/* Resolves links in the part of the path that exists. */
static Str cli_config_load_resolve(const Disk *disk, Str path, Str here, Arena *arena) {
    Str real;
    Str whole = disk_clean(disk_join(here, path, arena), arena);
    for (Str start = whole; start.len > 1; start = disk_directory_of(start)) {
        if (disk->real_path(disk->self, start, &real, arena) == 0)
            return str_concat(real, str_after(whole, start.len), arena);
    }
    return whole;
}

bool cli_config_is_below(const Io *io, Str path, Arena *arena) {
    Str here;
    return io->disk->real_path(io->disk->self, STR("."), &here, arena) == 0 &&
           cli_config_load_is_within(cli_config_load_resolve(io->disk, path, here, arena), here);
}

bool cli_config_is_in_project(const Io *io, Str path, Arena *arena) {
    Str home = process_variable(io->process, "HOME");
    bool is_home = home.len > 0 && cli_config_is_below(io, home, arena);
    return !is_home && cli_config_is_below(io, path, arena);
}

bool cli_config_trusts_project(const Io *io) {
    return str_equal(process_variable(io->process, "LOAM_TRUST_PROJECT_PROGRAMS"), STR("1"));
}

static bool cli_config_load_refuse(const Loading *loading, Str path, const char *what) {
    return diags_fail(
        loading->diags, NO_RANGE, "CLI configuration not accepted",
        "%s \"%.*s\" is within the working directory. The files of a project must not choose the "
        "programs that loam starts. Move it to a directory outside the project, or set the "
        "environment variable LOAM_TRUST_PROJECT_PROGRAMS=1: then loam accepts packages that the "
        "project chooses if their hashes are in the dependency lock file.",
        what, STR_ARG(path));
}

static bool is_in_project(const Loading *loading, Str path) {
    return path.len > 0 && cli_config_is_in_project(loading->io, path, loading->arena);
}

static bool check_place(const Loading *loading, Str path, const char *what) {
    return !is_in_project(loading, path) || cli_config_trusts_project(loading->io) ||
           cli_config_load_refuse(loading, path, what);
}

/* No hash of a lock file covers the program of an override. */
static bool check_override(const Loading *loading, const CliOverride *override) {
    if (!override->is_of_project && !is_in_project(loading, override->directory))
        return true;
    return diags_fail(loading->diags, NO_RANGE, "CLI configuration not accepted",
                      "The project chooses the directory of dev_overrides \"%.*s\". The files of a "
                      "project must not choose the programs that loam starts, and no hash in the "
                      "dependency lock file covers an override. Move the directory and the CLI "
                      "configuration file that names it outside the project.",
                      STR_ARG(override->directory));
}

static bool check_places(const Loading *loading) {
    const CliConfig *config = loading->config;
    vec_each(&config->installations, installation) {
        if (installation->method == CLI_METHOD_FILESYSTEM_MIRROR &&
            !check_place(loading, installation->path, "The filesystem mirror"))
            return false;
    }
    vec_each(&config->overrides, override) {
        if (!check_override(loading, override))
            return false;
    }
    vec_each(&config->oci_defaults.files, file) {
        if (!check_place(loading, *file, "The file of credentials"))
            return false;
    }
    return check_place(loading, config->plugin_cache_dir, "The plugin cache");
}

/* Reads a file. One in the project is an error; one that does not exist is not. */
static bool cli_config_load_read_file(const Loading *loading, Str path) {
    const Disk *disk = loading->io->disk;
    Str text;
    DiskStat stat = {0};
    int found = path.len ? disk->stat(disk->self, path, &stat) : -ENOENT;
    if (found == -ENOENT || found == -ENOTDIR || (found == 0 && stat.kind == DISK_OTHER))
        return true; /* DISK_OTHER: /dev/null */
    if (!check_place(loading, path, "The CLI configuration file"))
        return false;
    int status = disk->read_file(disk->self, path, &text, loading->arena);
    if (status == 0) {
        size_t before = loading->config->overrides.count;
        bool is_of_project = is_in_project(loading, path);
        loading->config->is_of_project |= is_of_project;
        bool ok = cli_config_parse(text, path, loading->config, loading->arena, loading->diags);
        for (size_t i = before; i < loading->config->overrides.count; i++)
            loading->config->overrides.items[i].is_of_project = is_of_project;
        return ok;
    }
    return diags_fail(loading->diags, NO_RANGE, "CLI configuration file cannot be read",
                      "\"%.*s\": %s.", STR_ARG(path), strerror(-status));
}

static bool cli_config_load_read_directory(const Loading *loading, Str directory) {
    const Disk *disk = loading->io->disk;
    DiskEntries entries = {0};
    if (directory.len == 0 || disk->list(disk->self, directory, &entries, loading->arena) != 0)
        return true;
    vec_each(&entries, entry) {
        if (str_ends_with(entry->name, STR(".tfrc")) &&
            !cli_config_load_read_file(loading, disk_join(directory, entry->name, loading->arena)))
            return false;
    }
    return true;
}

/* Adds {"credentials": {"HOST": {"token": "…"}}}. The tokens of CLI configuration files win. */
static bool cli_config_load_read_tokens(const Loading *loading) {
    const Disk *disk = loading->io->disk;
    Str path = cli_config_credentials_path(loading->io, loading->arena);
    Str text;
    Value document, hosts;
    if (path.len == 0 || disk->read_file(disk->self, path, &text, loading->arena) != 0)
        return true;
    if (!json_parse_object(text, &document, loading->arena))
        return diags_fail(loading->diags, NO_RANGE, "Invalid file of credentials",
                          "\"%.*s\" is not a JSON object.", STR_ARG(path));
    if (!value_find_present(document, STR("credentials"), &hosts) ||
        hosts.type->kind != KIND_OBJECT)
        return true;
    for (size_t i = 0; i < hosts.count; i++) {
        Str token;
        Str name = value_key_at(hosts, i);
        if (!value_find_text(value_at(hosts, i), STR("token"), &token))
            continue;
        CliHost *host = cli_config_add_host(loading->config, name, loading->arena);
        host->token = host->token.len ? host->token : token;
    }
    return true;
}

/* Returns `name` in OpenTofu's directory below XDG_CONFIG_HOME; empty without that variable. */
static Str in_tofu_directory(const Io *io, const char *name, Arena *arena) {
    Str base = process_variable(io->process, "XDG_CONFIG_HOME");
    Str directory = base.len ? disk_join(base, STR("opentofu"), arena) : STR_EMPTY;
    return base.len ? disk_join(directory, str_from_cstr(name), arena) : STR_EMPTY;
}

/* Returns the first path that exists, else the last one that is not empty. */
static Str first_existing(const Io *io, const Str *paths, size_t count) {
    Str last = STR_EMPTY;
    for (size_t i = 0; i < count; i++) {
        if (paths[i].len && disk_exists(io->disk, paths[i]))
            return paths[i];
        last = paths[i].len ? paths[i] : last;
    }
    return last;
}

/* The order is that of OpenTofu. Terraform reads only the paths that have its name. */
static bool read_home(const Loading *loading, bool is_tofu) {
    const Io *io = loading->io;
    Arena *arena = loading->arena;
    const Str files[] = {in_home(io, ".tofurc", arena), in_home(io, ".terraformrc", arena),
                         in_tofu_directory(io, "tofurc", arena)};
    const Str directories[] = {in_home(io, ".terraform.d", arena),
                               in_tofu_directory(io, "", arena)};
    Str file = is_tofu ? first_existing(io, files, ARRAY_COUNT(files)) : files[1];
    Str directory =
        is_tofu ? first_existing(io, directories, ARRAY_COUNT(directories)) : directories[0];
    return cli_config_load_read_file(loading, file) &&
           cli_config_load_read_directory(loading, directory);
}

bool cli_config_load(const Io *io, bool is_tofu, Str default_host, CliConfig *out, Arena *arena,
                     Diags *diags) {
    CliConfig config = {.default_host = default_host};
    Loading loading = {io, &config, arena, diags};
    Str path = process_variable(io->process, "TF_CLI_CONFIG_FILE");
    bool ok = path.len ? cli_config_load_read_file(&loading, path) : read_home(&loading, is_tofu);
    Str cache = process_variable(io->process, "TF_PLUGIN_CACHE_DIR");
    if (cache.len)
        config.plugin_cache_dir = cache;
    if (!ok || !cli_config_load_read_tokens(&loading) || !check_places(&loading))
        return false;
    *out = config;
    return true;
}
