/* state_lock: the seven members of a lock info, and reports of the holder. */
#include "state_lock.h"
#include "state_lease.h"
#include "uuid.h"
#include "version.h"

#include <unistd.h>

#define FIRST_WAIT_MS   250
#define LONGEST_WAIT_MS 2000
#define INFO_WAIT_MS    20 /* time for a new holder to write its lock info */
#define INFO_TRIES      50
#define LOCK_LEASE_MAX  86400 /* longer terms are not from loam */
#define TAKEOVER_SPARE  10    /* seconds that a command waits for longer than needed */

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
        .info = str_clone(process_variable(io->process, "LOAM_LOCK_RUN"), arena),
        .who = str_format(arena, "%.*s@%.*s", STR_ARG(user_name(io, arena)),
                          STR_ARG(host_name(arena))),
        .version = STR(VERSION_TERRAFORM),
        .created = clock_format_rfc3339_fraction(now, 3, arena),
        .path = str_clone(path, arena),
    };
}

Str state_lock_run(Str info) {
    Str word;
    while (str_next_field(&info, ' ', &word)) {
        if (str_starts_with(word, STR("run=")))
            return str_after(word, strlen("run="));
    }
    return STR_EMPTY;
}

Str state_lock_loss(const LockInfo *holder, Arena *arena) {
    if (holder->id.len == 0)
        return STR("the lock was removed");
    Str who = holder->who.len > 0 ? holder->who : STR("another program");
    return str_format(arena, "%.*s holds the lock now", STR_ARG(who));
}

void state_lock_stamp(LockInfo *info, const Clock *clock, Arena *arena) {
    if (info->lease_seconds > 0)
        info->renewed = clock_format_rfc3339_fraction(clock->now_ms(clock->self), 6, arena);
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
    ROW_INT64(LockInfo, "LeaseSeconds", lease_seconds, .flags = ROW_OPTIONAL),
    ROW_TEXT(LockInfo, "RenewTime", renewed, .flags = ROW_LENIENT | ROW_OPTIONAL),
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

static bool is_of_run(const LockAttempt *attempt, const LockInfo *holder) {
    return attempt->run.len > 0 && str_equal(attempt->run, state_lock_run(holder->info));
}

/* Returns how long the lock must be unchanged before it may be taken over; -1: it may not. */
static int64_t takeover_ms(const LockAttempt *attempt, const LockInfo *holder) {
    if (!attempt->take || holder->lease_seconds < 1 || holder->lease_seconds > LOCK_LEASE_MAX)
        return -1;
    int64_t term = holder->lease_seconds * 1000;
    return is_of_run(attempt, holder) ? term / 2 : term + state_lease_grace_ms(term);
}

/* Returns the hint for a lock whose holder is dead. */
static Str last_words(const LockAttempt *attempt, const LockInfo *holder, Arena *arena) {
    Str id = holder->id;
    int64_t takeover = takeover_ms(attempt, holder);
    if (takeover >= 0 && is_of_run(attempt, holder))
        return STR(" The holder belongs to the same run and renews the lock, so it still works.");
    int64_t seconds = takeover / 1000;
    int64_t enough = seconds + TAKEOVER_SPARE;
    if (takeover >= 0)
        return str_format(arena,
                          " The holder renews the lock while it runs. If it has ended, let this "
                          "command wait with -lock-timeout=%llds: it takes the lock over when it "
                          "has seen no renewal for %lld seconds.",
                          (long long)enough, (long long)seconds);
    switch (attempt->end) {
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
    lock_add_line(&text, "Renewed:", holder->renewed);
    lock_add_line(&text, "Info:", holder->info);
    diags_error(
        diags_as(DIAG_UNREACHABLE, diags), NO_RANGE, "Error acquiring the state lock",
        "Another program holds the lock of the state, which prevents concurrent changes.\n"
        "\n"
        "Lock Info:%.*s\n"
        "\n"
        "Wait until it has ended, or let this command wait with -lock-timeout=5m.%.*s Reading "
        "without the lock (-lock=false) is safe only while no program writes the state.",
        STR_ARG(strbuf_str(&text)), STR_ARG(last_words(attempt, holder, scratch)));
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

/* What this command has seen of a lock. */
typedef struct LockWatch {
    Str id;
    Str renewed;
    int64_t since_ms; /* unchanged since then */
    bool is_alive;    /* its holder has renewed it */
} LockWatch;

static void watch_lock(LockWatch *watch, const LockInfo *holder, int64_t now_ms, Arena *arena) {
    bool is_same = watch->id.ptr && str_equal(watch->id, holder->id);
    if (is_same && str_equal(watch->renewed, holder->renewed))
        return;
    *watch = (LockWatch){str_clone(holder->id, arena), str_clone(holder->renewed, arena), now_ms,
                         .is_alive = is_same};
}

static void report_takeover(const LockAttempt *attempt, const LockInfo *holder,
                            int64_t unchanged_ms, Arena *arena) {
    if (!attempt->note)
        return;
    attempt->note(attempt->payload,
                  str_format(arena,
                             "Took over the state's lock of %.*s (%.*s, since %.*s): it was not "
                             "renewed for %.*s.",
                             STR_ARG(holder->who), STR_ARG(holder->operation),
                             STR_ARG(holder->created),
                             STR_ARG(clock_format_elapsed(unchanged_ms, arena))));
}

/* Takes over the lock of *holder if it is due. *due_ms: time until then; -1: never. */
static LockResult take_if_due(const LockAttempt *attempt, LockWatch *watch, const LockInfo *holder,
                              int64_t now_ms, int64_t *due_ms, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("lock takeover");
    int64_t takeover = takeover_ms(attempt, holder);
    *due_ms = takeover < 0 ? -1 : watch->since_ms + takeover - now_ms;
    if (takeover < 0 || *due_ms > 0)
        return LOCK_HELD;
    *due_ms = 0;
    LockResult result = attempt->take(attempt->self, scratch, diags);
    if (result == LOCK_ACQUIRED)
        report_takeover(attempt, holder, now_ms - watch->since_ms, scratch);
    return result;
}

bool state_lock_acquire(const LockAttempt *attempt, const Clock *clock, int64_t timeout_ms,
                        const CancelToken *cancel, Diags *diags) {
    SCOPED(ArenaRef) arena = arena_open("lock");
    Str reported = {0};
    LockWatch watch = {0};
    int64_t end = clock->monotonic_ms(clock->self) + timeout_ms;
    for (int64_t wait = FIRST_WAIT_MS;; wait = wait * 2) {
        SCOPED(ArenaRef) scratch = arena_open("lock attempt");
        LockHolder holder;
        int64_t due = -1;
        LockResult result = try_until_known(attempt, clock, cancel, &holder, scratch, diags);
        int64_t now = clock->monotonic_ms(clock->self);
        if (result == LOCK_HELD) {
            watch_lock(&watch, &holder.info, now, arena);
            result = take_if_due(attempt, &watch, &holder.info, now, &due, diags);
        }
        if (result != LOCK_HELD)
            return result == LOCK_ACQUIRED;
        int64_t left = end - clock->monotonic_ms(clock->self);
        if (due > left && !watch.is_alive && is_of_run(attempt, &holder.info))
            left = due;
        if (left > 0)
            report_holder(attempt, &holder.info, &reported, arena);
        wait = wait > LONGEST_WAIT_MS ? LONGEST_WAIT_MS : wait;
        int64_t pause = wait < left ? wait : left;
        pause = due > 0 && due < pause ? due : pause;
        if (left <= 0 || clock->sleep_ms(clock->self, pause, cancel)) {
            state_lock_report(attempt, &holder.info, holder.pid, diags);
            return false;
        }
    }
}
