/* Runs the scripts nftables_*.sh. */
#include "table_host.h"

#include "duration.h"
#include "nftables_provider_assets.h"
#include "remote_script.h"
#include "uuid.h"

#define CONFIRM_MS      30000
#define SPARE_S         5     /* seconds between the last connection attempt and the rollback */
#define ARM_MS          20000 /* time limit, because the new rules may cut the connection */
#define ROLLBACK_WAIT_S 20
#define LOADED_MS       3000 /* time limit in the old connection, which the new rules may cut */

/* Exit statuses of the scripts. */
enum {
    EXIT_LOADED = 80,
    EXIT_NO_NFT,
    EXIT_NOT_ROOT,
    EXIT_OTHER_FIREWALL,
    EXIT_EXISTS,
    EXIT_BUSY,
    EXIT_REJECTED,
    EXIT_NO_WAY_BACK,
    EXIT_ROLLED_BACK,
    EXIT_NOT_STORED,
};

typedef struct ExitMeaning {
    const char *attribute; /* NULL: the object */
    const char *summary;
    const char *detail; /* printed after the name of the machine */
} ExitMeaning;

/* clang-format off */
static const ExitMeaning meanings[] = {
    [EXIT_NO_NFT] = {"host", "No nft on the machine", "has no program nft. Install the package \"nftables\"."},
    [EXIT_NOT_ROOT] = {"user", "Not root", "lets only root change tables. Set \"sudo\", or log in as root."},
    [EXIT_OTHER_FIREWALL] = {"host", "Another firewall is active", "runs another firewall, whose rules apply beside those of this table. Stop and disable it, or set \"ignore_other_firewalls\":"},
    [EXIT_EXISTS] = {"name", "Table exists", "has a table of this name that this object did not make. Import it, or choose another name."},
    [EXIT_BUSY] = {NULL, "Another change of the table", "changes the table for another process now. Apply again."},
    [EXIT_NO_WAY_BACK] = {NULL, "Present table cannot be restored", "has an nft that cannot load the listing of the present table, so a failed change could not be rolled back. Delete the table by hand first."},
    [EXIT_ROLLED_BACK] = {NULL, "Change rolled back", "loaded the old table again before the change was confirmed. To allow more time for a new connection, set \"confirm_timeout\"."},
    [EXIT_NOT_STORED] = {NULL, "Table not stored for the next boot", "uses the new table, but its file or unit could not be written."},
};
/* clang-format on */

static bool explain_exit(const SshLink *link, const RulesetText *text, const SshResult *result,
                         Diags *diags) {
    const Call *call = link->call;
    int status = result->exit_status;
    if (status == EXIT_REJECTED && text)
        return ruleset_text_report(call, text, result->out, diags);
    if (status < 0 || (size_t)status >= ARRAY_COUNT(meanings) || !meanings[status].summary)
        return remote_script_report(link, "Table not accessible", result, diags);
    const ExitMeaning *meaning = &meanings[status];
    Str endpoint = ssh_endpoint(link->target.host, link->target.port, call->arena);
    Str output = result->err.len + result->out.len == 0
                     ? STR_EMPTY
                     : str_trim(ssh_client_output_tail(result->err, result->out, call->arena));
    Path path = meaning->attribute ? PATH_AT(call, {meaning->attribute}) : NO_PATH;
    return path_error(call, path, diags, meaning->summary, "%.*s %s%s%.*s", STR_ARG(endpoint),
                      meaning->detail, output.len > 0 ? " " : "", STR_ARG(output));
}

/* Returns the command that runs the script about the table of the object: $1 is its family, $2 its
 * name; `arguments` follow. */
static SshCommand host_command(const SshLink *link, const char *script, Value object,
                               const Str *arguments, size_t count) {
    StrVec all = {0};
    Arena *arena = link->call->arena;
    vec_push(arena, &all, object_text(object, "family", STR_EMPTY));
    vec_push(arena, &all, object_text(object, "name", STR_EMPTY));
    for (size_t i = 0; i < count; i++)
        vec_push(arena, &all, arguments[i]);
    return (SshCommand){
        .command = ssh_client_script(script, all.items, all.count, arena),
        .timeout = ssh_client_timeout(link, CANCEL_NOW),
    };
}

static void limit_time(SshCommand *command, int64_t timeout_ms) {
    if (command->timeout.timeout_ms == 0 || command->timeout.timeout_ms > timeout_ms)
        command->timeout.timeout_ms = timeout_ms;
}

/* Parses the facts up to the empty line, then the listing. */
static bool host_parse_facts(const Call *call, Value object, Str output, TableFacts *out,
                             Diags *diags) {
    Str rest = output, line, json;
    *out = (TableFacts){0};
    while (str_next_field(&rest, '\n', &line) && line.len > 0) {
        Str value = line, name;
        (void)str_next_field(&value, ' ', &name);
        if (str_equal(name, STR("file")))
            out->file_sha256 = value;
        else if (str_equal(name, STR("owner")))
            out->owner = value;
        else if (str_equal(name, STR("boot")))
            out->loads_at_boot = str_equal(value, STR("yes"));
        else if (str_equal(name, STR("systemd")))
            out->has_systemd = true;
        else if (str_equal(name, STR("pending")))
            out->is_pending = true;
        else if (str_equal(name, STR("absent")))
            out->is_absent = true;
    }
    if (out->is_absent)
        return true;
    if (str_next_field(&rest, '\n', &json) &&
        table_listing_parse(json, rest, &out->listing, call->arena))
        return true;
    return path_error(call, NO_PATH, diags, "Table listing not readable",
                      "nft on %.*s must be able to list tables as JSON (nft -j).",
                      STR_ARG(object_text(object, "host", STR_EMPTY)));
}

SshStatus table_host_read(SshLink *link, Value object, bool ends_pending, TableFacts *out,
                          SshProblem *problem, Diags *diags) {
    const Str pending = ends_pending ? STR("end") : STR("keep");
    SshResult result = {0};
    SshCommand command = host_command(link, nftables_read_sh, object, &pending, 1);
    SshStatus status = ssh_client_exec(link, &command, &result, problem);
    *out = (TableFacts){0};
    if (status != SSH_DONE)
        return status;
    if (result.exit_status != 0)
        (void)explain_exit(link, NULL, &result, diags);
    else
        (void)host_parse_facts(link->call, object, result.out, out, diags);
    return status;
}

/* Returns the record of the table in the first line, which is removed from *rest. */
static Value next_record(Str *rest, Arena *arena) {
    TableListing listing;
    Str json;
    if (!str_next_field(rest, '\n', &json) ||
        !table_listing_parse(json, STR_EMPTY, &listing, arena))
        return value_null(&TYPE_DYNAMIC);
    return table_listing_read_record(table_listing_record(&listing, arena), arena);
}

SshStatus table_host_check(SshLink *link, Value object, TableRecords *out, SshProblem *problem,
                           Diags *diags) {
    SshResult result = {0};
    RulesetText text = ruleset_text_of(link->call, object);
    SshCommand command = host_command(link, nftables_check_sh, object, NULL, 0);
    command.input = text.text;
    SshStatus status = ssh_client_exec(link, &command, &result, problem);
    if (status == SSH_DONE && result.exit_status == EXIT_REJECTED)
        (void)ruleset_text_report(link->call, &text, result.out, diags);
    Str rest = status == SSH_DONE && result.exit_status == 0 ? result.out : STR_EMPTY;
    out->live = next_record(&rest, link->call->arena);
    out->wanted = next_record(&rest, link->call->arena);
    /* Ignores other problems: the apply may solve them before, for example by installing nft. */
    return status;
}

static Str seconds_text(const TableChange *change, int64_t more_s, Arena *arena) {
    int64_t ms = duration_of(change->object, "confirm_timeout", CONFIRM_MS);
    int64_t seconds = (ms + 999) / 1000 + more_s;
    return str_format(arena, "%lld", (long long)seconds);
}

/* Returns the text by which a later creation of the same object recognizes the table as its own. */
static Str host_mark_of(const Call *call) {
    return str_format(call->arena, "%.*s %.*s", STR_ARG(call->lineage), STR_ARG(call->address));
}

/* Stores the change on the machine and starts the process that loads it. A lost connection is no
 * error here: the new rules may have cut it. */
static bool arm(SshLink *link, const TableChange *change, Str id, Diags *diags) {
    Arena *arena = link->call->arena;
    Value object = change->object;
    bool is_alone = !object_bool(object, "ignore_other_firewalls", false) && !change->is_deletion;
    const Str arguments[] = {
        id,
        seconds_text(change, SPARE_S, arena),
        change->is_new ? STR("create") : STR("replace"),
        is_alone ? STR("alone") : STR("beside"),
        str_format(arena, "%zu", change->text.text.len),
        host_mark_of(link->call),
    };
    SshResult result = {0};
    SshProblem problem = {0};
    SshCommand command =
        host_command(link, nftables_arm_sh, object, arguments, ARRAY_COUNT(arguments));
    command.input = change->text.text;
    limit_time(&command, ARM_MS);
    SshStatus status = ssh_client_exec(link, &command, &result, &problem);
    if ((status == SSH_LOST || status == SSH_TIMED_OUT) && link->may_have_run)
        return true;
    if (status != SSH_DONE) {
        ssh_client_report(link, status, problem, diags);
        return false;
    }
    return result.exit_status == 0 || explain_exit(link, &change->text, &result, diags);
}

/* Fills a link that uses a new session, not a shared one. */
static bool link_new_session(const Call *call, Value object, int64_t wait_ms, SshLink *out,
                             Diags *diags) {
    if (!ssh_client_link(call, object, out, diags))
        return false;
    ssh_client_use_new_session(out);
    out->wait_ms = wait_ms;
    return true;
}

/* Returns true if the machine reports that the change was rolled back. */
static bool wait_for_rollback(const Call *call, const TableChange *change, Str id) {
    SCOPED(SshLink) link = {0};
    Diags ignored = diags_new(call->arena);
    const Str arguments[] = {id, seconds_text(change, SPARE_S + ROLLBACK_WAIT_S, call->arena)};
    SshResult result = {0};
    SshProblem problem = {0};
    call_progress(call, 0, 0, "waiting for the old table");
    if (!link_new_session(call, change->object, (int64_t)(SPARE_S + ROLLBACK_WAIT_S) * 1000, &link,
                          &ignored))
        return false;
    SshCommand command =
        host_command(&link, nftables_end_sh, change->object, arguments, ARRAY_COUNT(arguments));
    return ssh_client_exec(&link, &command, &result, &problem) == SSH_DONE &&
           result.exit_status == 0;
}

/* Waits in the old connection until the table is loaded. Returns false without a response. */
static bool is_loaded(SshLink *link, const TableChange *change, Str id) {
    SshResult result = {0};
    SshProblem problem = {0};
    SshCommand command = host_command(link, nftables_loaded_sh, change->object, &id, 1);
    limit_time(&command, LOADED_MS);
    /* If the old connection is lost, does not connect again: the new rules may block connections.
     */
    link->wait_ms = 1;
    return ssh_client_exec(link, &command, &result, &problem) == SSH_DONE &&
           result.exit_status == 0;
}

/* A change that waits for its confirmation. */
typedef struct Pending {
    const TableChange *change;
    Str id;
    int64_t end_ms; /* monotonic time */
    bool in_doubt;
} Pending;

static bool report_cut(Pending *pending, const SshLink *link, Str reason, Diags *diags) {
    const Call *call = link->call;
    Str endpoint = ssh_endpoint(link->target.host, link->target.port, call->arena);
    Str seconds = seconds_text(pending->change, 0, call->arena);
    pending->in_doubt = !wait_for_rollback(call, pending->change, pending->id);
    if (pending->in_doubt)
        return path_error(call, NO_PATH, diags, "Change not confirmed",
                          "With the new table, no new connection to %.*s succeeded within %.*s s "
                          "(%.*s). The machine loads the old table again by itself, but cannot be "
                          "reached to verify that.",
                          STR_ARG(endpoint), STR_ARG(seconds), STR_ARG(reason));
    return path_error(
        call, NO_PATH, diags, "Change rolled back",
        "With the new table, no new connection to %.*s succeeded within %.*s s (%.*s). "
        "The machine has loaded the old table again. Check the rules for the SSH port.",
        STR_ARG(endpoint), STR_ARG(seconds), STR_ARG(reason));
}

/* Runs the confirming script in a new connection. */
static bool confirm_by(const Call *call, Pending *pending, const char *how, SshResult *out,
                       Diags *diags) {
    SCOPED(SshLink) link = {0};
    const TableChange *change = pending->change;
    const Str arguments[] = {
        pending->id,
        change->owner,
        change->is_deletion     ? STR("deleted")
        : change->is_persistent ? STR("yes")
                                : STR("no"),
        str_from_cstr(how),
        host_mark_of(call),
    };
    SshProblem problem = {0};
    int64_t left_ms = pending->end_ms - call_monotonic_ms(call);
    pending->in_doubt = true;
    if (!link_new_session(call, change->object, left_ms > 1 ? left_ms : 1, &link, diags))
        return false;
    SshCommand command =
        host_command(&link, nftables_confirm_sh, change->object, arguments, ARRAY_COUNT(arguments));
    SshStatus status = ssh_client_exec(&link, &command, out, &problem);
    if (status == SSH_CANCELLED || (status != SSH_DONE && link.may_have_run)) {
        ssh_client_report(&link, status, problem, diags);
        return false;
    }
    if (status != SSH_DONE)
        return report_cut(pending, &link, problem.text, diags);
    pending->in_doubt = out->exit_status == EXIT_NOT_STORED;
    return out->exit_status == 0 || out->exit_status == EXIT_LOADED ||
           explain_exit(&link, &change->text, out, diags);
}

static bool confirm(const Call *call, Pending *pending, bool is_after_load, TableFacts *out,
                    Diags *diags) {
    SshResult result = {0};
    if (!is_after_load && !confirm_by(call, pending, "wait", &result, diags))
        return false;
    return confirm_by(call, pending, "confirm", &result, diags) &&
           host_parse_facts(call, pending->change->object, result.out, out, diags);
}

bool table_host_change(const Call *call, const TableChange *change, TableFacts *out, bool *in_doubt,
                       Diags *diags) {
    SCOPED(SshLink) link = {0};
    Str id = uuid_v4(call->arena);
    *in_doubt = false;
    if (!ssh_client_link(call, change->object, &link, diags) || !arm(&link, change, id, diags))
        return false;
    Pending pending = {
        .change = change,
        .id = id,
        .end_ms =
            call_monotonic_ms(call) + duration_of(change->object, "confirm_timeout", CONFIRM_MS),
    };
    bool is_after_load = is_loaded(&link, change, id);
    bool is_good = confirm(call, &pending, is_after_load, out, diags);
    *in_doubt = pending.in_doubt;
    return is_good;
}
