/* state_lock: the seven members of a lock info, and reports of the holder. */
#include "state_lock.h"
#include "uuid.h"
#include "version.h"

#include <unistd.h>

#define FIRST_WAIT_MS   250
#define LONGEST_WAIT_MS 2000
#define INFO_WAIT_MS    20 /* time for a new holder to write its lock info */
#define INFO_TRIES      50

static Str host_name(Arena *arena) {
    char name[256] = {0}; /* Linux limits host names to 64 bytes */
    if (gethostname(name, sizeof name - 1) != 0)
        return STR("localhost");
    return str_clone(str_from_cstr(name), arena);
}

static Str user_name(const Io *io, Arena *arena) {
    static const char *const variables[] = {"USER", "LOGNAME"};
    for (size_t i = 0; i < ARRAY_COUNT(variables); i++) {
        const char *name =
            io->process ? io->process->environment(io->process->self, variables[i]) : NULL;
        if (name && *name)
            return str_clone(str_from_cstr(name), arena);
    }
    uid_t user = geteuid();
    return user == 0 ? STR("root") : str_format(arena, "uid %u", (unsigned)user);
}

/* Terraform uses one naming scheme for backend operations and another for commands. */
static const char *const operation_names[] = {
    [LOCK_NONE] = "",
    [LOCK_PLAN] = "OperationTypePlan",
    [LOCK_APPLY] = "OperationTypeApply",
    [LOCK_IMPORT] = "import",
    [LOCK_TAINT] = "taint",
    [LOCK_UNTAINT] = "untaint",
    [LOCK_STATE_MV] = "state-mv",
    [LOCK_STATE_RM] = "state-rm",
    [LOCK_STATE_PUSH] = "state-push",
    [LOCK_STATE_REPLACE_PROVIDER] = "state-replace-provider",
    [LOCK_WORKSPACE_NEW] = "workspace-new",
    [LOCK_WORKSPACE_DELETE] = "workspace-delete",
    [LOCK_MIGRATE_FROM] = "migration source state",
    [LOCK_MIGRATE_TO] = "migration destination state",
};
static_assert(ARRAY_COUNT(operation_names) == LOCK_MIGRATE_TO + 1, "every operation has a name");

LockInfo state_lock_new(const Io *io, LockOperation operation, Str path, Arena *arena) {
    CHECK(operation != LOCK_NONE);
    int64_t now = io->clock->now_ms(io->clock->self);
    return (LockInfo){
        .id = uuid_v4(arena),
        .operation = str_from_cstr(operation_names[operation]),
        .info = STR_EMPTY,
        .who = str_format(arena, "%.*s@%.*s", STR_ARG(user_name(io, arena)),
                          STR_ARG(host_name(arena))),
        .version = STR(VERSION_TERRAFORM),
        .created = clock_format_rfc3339_fraction(now, 3, arena),
        .path = str_clone(path, arena),
    };
}

/* Members of other programs, and values of other types, are skipped. */
static const RecordRow rows[] = {
    ROW_TEXT(LockInfo, "ID", id, .flags = ROW_LENIENT),
    ROW_TEXT(LockInfo, "Operation", operation, .flags = ROW_LENIENT),
    ROW_TEXT(LockInfo, "Info", info, .flags = ROW_LENIENT),
    ROW_TEXT(LockInfo, "Who", who, .flags = ROW_LENIENT),
    ROW_TEXT(LockInfo, "Version", version, .flags = ROW_LENIENT),
    ROW_TEXT(LockInfo, "Created", created, .flags = ROW_LENIENT),
    ROW_TEXT(LockInfo, "Path", path, .flags = ROW_LENIENT),
};

const Record state_lock_rows = RECORD(LockInfo, rows);

Str state_lock_to_json(const LockInfo *info, Arena *arena) {
    return record_to_json(&state_lock_rows, info, 0, arena);
}

bool state_lock_from_json(Str json, LockInfo *out, Arena *arena) {
    LockInfo info = {0};
    const char *error;
    if (!record_from_json(str_clone(json, arena), &state_lock_rows, &info, &error, arena))
        return false;
    *out = info;
    return true;
}

static void lock_add_line(StrBuf *text, const char *label, Str value) {
    if (value.len > 0)
        strbuf_add_format(text, "\n  %-11s%.*s", label, STR_ARG(value));
}

/* Returns the hint for a lock whose holder is dead. */
static Str last_words(LockEnd end, Str id, Arena *arena) {
    switch (end) {
    case LOCK_ENDS_WITH_PROCESS: break;
    case LOCK_EXPIRES: return STR(" If its holder has ended, the lock expires.");
    case LOCK_OUTLIVES_PROCESS:
        if (id.len > 0)
            return str_format(
                arena, " If its holder has ended, remove the lock with \"loam force-unlock %.*s\".",
                STR_ARG(id));
        break;
    }
    return STR_EMPTY;
}

void state_lock_report(const LockAttempt *attempt, const LockInfo *holder, pid_t pid,
                       Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("lock report");
    StrBuf text = strbuf_new(scratch);
    lock_add_line(&text, "ID:", holder->id);
    lock_add_line(&text, "Path:", holder->path);
    lock_add_line(&text, "Operation:", holder->operation);
    lock_add_line(&text, "Who:", holder->who.len > 0 ? holder->who : STR("unknown"));
    if (pid > 0)
        lock_add_line(&text, "Process:", str_format(scratch, "%d", (int)pid));
    lock_add_line(&text, "Version:", holder->version);
    lock_add_line(&text, "Created:", holder->created);
    lock_add_line(&text, "Info:", holder->info);
    diags_error(
        diags, NO_RANGE, "Error acquiring the state lock",
        "Another program holds the lock of the state, which prevents concurrent changes.\n"
        "\n"
        "Lock Info:%.*s\n"
        "\n"
        "Wait until it has ended, or let this command wait with -lock-timeout=5m.%.*s Reading "
        "without the lock (-lock=false) is safe only while no program writes the state.",
        STR_ARG(strbuf_str(&text)), STR_ARG(last_words(attempt->end, holder->id, scratch)));
}

bool state_lock_report_other(const char *summary, Str place, Str id, const LockInfo *holder,
                             Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("lock report");
    StrBuf text = strbuf_new(scratch);
    lock_add_line(&text, "Operation:", holder->operation);
    lock_add_line(&text, "Who:", holder->who);
    lock_add_line(&text, "Created:", holder->created);
    if (holder->id.len == 0)
        diags_error(diags, NO_RANGE, summary, "The state \"%.*s\" is not locked.", STR_ARG(place));
    else
        diags_error(diags, NO_RANGE, summary,
                    "The lock ID \"%.*s\" does not match that of the lock of \"%.*s\", which is "
                    "\"%.*s\".%s%.*s",
                    STR_ARG(id), STR_ARG(place), STR_ARG(holder->id), text.len ? "\n" : "",
                    STR_ARG(strbuf_str(&text)));
    return false;
}

/* Calls `waiting` once per holder. */
static void report_holder(const LockAttempt *attempt, const LockInfo *holder, Str *reported,
                          Arena *arena) {
    if (!attempt->waiting || (reported->ptr && str_equal(*reported, holder->id)))
        return;
    attempt->waiting(attempt->payload, holder);
    *reported = str_clone(holder->id, arena);
}

typedef struct LockHolder {
    LockInfo info;
    pid_t pid; /* 0: unknown */
} LockHolder;

/* Tries; if the lock is held by an unknown holder, tries again until the holder is known. */
static LockResult try_until_known(const LockAttempt *attempt, const Clock *clock,
                                  const CancelToken *cancel, LockHolder *holder, Arena *arena,
                                  Diags *diags) {
    for (int tries = 1;; tries++) {
        *holder = (LockHolder){0};
        LockResult result =
            attempt->attempt(attempt->self, &holder->info, &holder->pid, arena, diags);
        bool is_known = holder->info.id.len > 0 || holder->info.who.len > 0;
        if (result != LOCK_HELD || is_known || tries == INFO_TRIES ||
            clock->sleep_ms(clock->self, INFO_WAIT_MS, cancel))
            return result;
    }
}

bool state_lock_acquire(const LockAttempt *attempt, const Clock *clock, int64_t timeout_ms,
                        const CancelToken *cancel, Diags *diags) {
    SCOPED(ArenaRef) arena = arena_open("lock");
    Str reported = {0};
    int64_t end = clock->monotonic_ms(clock->self) + timeout_ms;
    for (int64_t wait = FIRST_WAIT_MS;; wait = wait * 2) {
        SCOPED(ArenaRef) scratch = arena_open("lock attempt");
        LockHolder holder;
        LockResult result = try_until_known(attempt, clock, cancel, &holder, scratch, diags);
        if (result != LOCK_HELD)
            return result == LOCK_ACQUIRED;
        int64_t left = end - clock->monotonic_ms(clock->self);
        if (left > 0)
            report_holder(attempt, &holder.info, &reported, arena);
        wait = wait > LONGEST_WAIT_MS ? LONGEST_WAIT_MS : wait;
        if (left <= 0 || clock->sleep_ms(clock->self, wait < left ? wait : left, cancel)) {
            state_lock_report(attempt, &holder.info, holder.pid, diags);
            return false;
        }
    }
}
