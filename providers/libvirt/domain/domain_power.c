#include "domain_power.h"
#include "duration.h"
#include "libvirt_error.h"
#include "log.h"
#include "path_error.h"
#include "wait_until.h"

/* interval of shutdown requests: a guest in its boot loader ignores them */
#define ASK_EVERY_MS        5000
#define SHUTDOWN_TIMEOUT_MS 60000 /* default of "shutdown" */
#define START_TIMEOUT_MS    60000 /* of a start by another client */
#define PAUSE_FIRST_MS      50    /* between two checks; doubles */
#define PAUSE_LAST_MS       400

static WaitLook look_for_end_of_start(void *domain, Wait *) {
    int state = 0;
    int reason = 0;
    bool is_starting = virDomainGetState(domain, &state, &reason, 0) == 0 &&
                       state == VIR_DOMAIN_PAUSED && reason == VIR_DOMAIN_PAUSED_STARTING_UP;
    return is_starting ? WAIT_LOOK_AGAIN : WAIT_LOOK_DONE;
}

int domain_power_read(const Call *call, virDomainPtr domain) {
    const WaitUntil until = {
        .what = "libvirt to start the machine",
        .look = look_for_end_of_start,
        .payload = domain,
        .timeout_ms = START_TIMEOUT_MS,
        .pauses = {.first_ms = PAUSE_FIRST_MS, .last_ms = PAUSE_LAST_MS},
    };
    (void)wait_until(call, &until, NULL);
    return virDomainIsActive(domain);
}

/* Why the machine does not proceed, and what to do; NULL: it does, or soon will. */
static const char *paused_because(int state, int reason) {
    static const char *const paused[] = {
        [VIR_DOMAIN_PAUSED_USER] = "a user has paused it. \"virsh resume\" lets it proceed",
        [VIR_DOMAIN_PAUSED_IOERROR] =
            ("a write to one of its disks failed, for instance for lack of space. Mend the "
             "storage, then run \"virsh resume\""),
        [VIR_DOMAIN_PAUSED_WATCHDOG] =
            "its watchdog has paused it. \"virsh resume\" lets it proceed",
        [VIR_DOMAIN_PAUSED_FROM_SNAPSHOT] =
            "its snapshot was that of a paused machine. \"virsh resume\" lets it proceed",
        [VIR_DOMAIN_PAUSED_CRASHED] =
            "its guest has crashed. Restart it, for instance with \"virsh reset\"",
    };
    if (state == VIR_DOMAIN_CRASHED)
        return paused[VIR_DOMAIN_PAUSED_CRASHED];
    if (state == VIR_DOMAIN_PMSUSPENDED)
        return "its guest sleeps. \"virsh dompmwakeup\" wakes it";
    bool is_known = reason >= 0 && (size_t)reason < ARRAY_COUNT(paused);
    return state == VIR_DOMAIN_PAUSED && is_known ? paused[reason] : NULL;
}

void domain_power_warn(const Call *call, virDomainPtr domain, Diags *diags) {
    int state = 0;
    int reason = 0;
    const char *why =
        virDomainGetState(domain, &state, &reason, 0) == 0 ? paused_because(state, reason) : NULL;
    if (why)
        path_warning(call, NO_PATH, diags, "Machine is paused",
                     "The machine \"%s\" is on, but does not proceed: %s.",
                     virDomainGetName(domain), why);
}

static bool is_off(virDomainPtr domain) {
    int active = virDomainIsActive(domain);
    return active == 0 || (active < 0 && libvirt_error_is_gone(libvirt_error_code()));
}

static bool domain_add_start_error(const Call *call, LibvirtError *error, Value value,
                                   Diags *diags) {
    Str name = object_text(value, "name", STR_EMPTY);
    const char *why =
        error->code == VIR_ERR_OPERATION_INVALID ? "An object that it requires is inactive. " : "";
    error->hint =
        str_format(call->arena,
                   "%sThe machine is defined, but off. Fix the cause that libvirt reports, then "
                   "apply again. The logs of all machines are in the host's /var/log/libvirt.",
                   why);
    return libvirt_error_add_this(call, error, diags, "Cannot start the machine \"%.*s\"",
                                  STR_ARG(name));
}

bool domain_power_start(const Call *call, virDomainPtr domain, Value value, Diags *diags) {
    unsigned attempt = 0;
    int result = -1;
    do {
        if (domain_power_read(call, domain) == 1)
            return true;
        call_progress(call, 0, 0, "starting");
        result = virDomainCreateWithFlags(domain, 0);
        log_debug("libvirt virDomainCreateWithFlags", log_number("result", result));
    } while (result < 0 && libvirt_error_retry(call, &attempt));
    if (result == 0)
        return true;
    LibvirtError error = libvirt_error_last(call->arena);
    /* An interrupted run may have started the machine at the same time. */
    return domain_power_read(call, domain) == 1 ||
           domain_add_start_error(call, &error, value, diags);
}

static void domain_ask(virDomainPtr domain, Value shutdown) {
    bool by_agent = str_equal(object_text(shutdown, "mode", STR("acpi")), STR("agent"));
    unsigned flags =
        by_agent ? VIR_DOMAIN_SHUTDOWN_GUEST_AGENT : VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN;
    if (virDomainShutdownFlags(domain, flags) < 0)
        (void)virDomainShutdownFlags(domain, 0);
}

typedef struct Shutdown {
    virDomainPtr domain;
    Value settings;
    int64_t ask_ms; /* time of the next request, in ms of the wait */
} Shutdown;

/* Repeats the shutdown request, since guests may miss the first one. */
static WaitLook ask_and_look(void *payload, Wait *wait) {
    Shutdown *shutdown = payload;
    if (is_off(shutdown->domain))
        return WAIT_LOOK_DONE;
    if (wait->passed_ms >= shutdown->ask_ms && wait->left_ms > 0) {
        domain_ask(shutdown->domain, shutdown->settings);
        log_debug("libvirt virDomainShutdownFlags");
        shutdown->ask_ms = wait->passed_ms + ASK_EVERY_MS;
    }
    return WAIT_LOOK_AGAIN;
}

/* Returns true if the guest shut down. */
static bool stop_gently(const Call *call, virDomainPtr domain, Value settings) {
    Shutdown shutdown = {.domain = domain, .settings = settings};
    int64_t timeout_ms = 0;
    if (!clock_parse_duration(object_text(settings, "timeout", STR_EMPTY), &timeout_ms))
        timeout_ms = SHUTDOWN_TIMEOUT_MS;
    if (timeout_ms <= 0)
        return is_off(domain);
    const WaitUntil until = {
        .what = "the guest to shut down",
        .look = ask_and_look,
        .payload = &shutdown,
        .timeout_ms = timeout_ms,
        .pauses = {.first_ms = PAUSE_FIRST_MS, .last_ms = PAUSE_LAST_MS},
    };
    return wait_until(call, &until, NULL) == WAIT_DONE;
}

/* libvirt fails with an internal error if processes of a container still run after a few seconds,
 * for example on a busy host. Sleeps, and returns whether to retry. */
static bool retry_container(const Call *call, Value value, unsigned *attempt) {
    static const WaitPauses pauses = {.first_ms = 500, .last_ms = 2000, .count = 4};
    bool is_lxc = str_equal(object_text(value, "type", STR_EMPTY), STR("lxc"));
    return is_lxc && libvirt_error_code() == VIR_ERR_INTERNAL_ERROR &&
           wait_until_retry(call, &pauses, attempt);
}

bool domain_power_stop(const Call *call, virDomainPtr domain, Value value, Diags *diags) {
    if (is_off(domain))
        return true;
    Value shutdown = object_attribute(value, "shutdown");
    if (value_is_present(shutdown) && stop_gently(call, domain, shutdown))
        return true;
    unsigned attempt = 0;
    unsigned container_attempt = 0;
    int result = -1;
    do {
        call_progress(call, 0, 0, "switching off");
        result = virDomainDestroyFlags(domain, VIR_DOMAIN_DESTROY_DEFAULT);
        log_debug("libvirt virDomainDestroyFlags", log_number("result", result));
    } while (result < 0 && (libvirt_error_retry(call, &attempt) ||
                            retry_container(call, value, &container_attempt)));
    if (result == 0 || libvirt_error_is_gone(libvirt_error_code()))
        return true;
    if (libvirt_error_code() == VIR_ERR_OPERATION_INVALID && is_off(domain))
        return true;
    return libvirt_error_add(call, diags, "Cannot switch off the machine \"%.*s\"",
                             STR_ARG(object_text(value, "name", STR_EMPTY)));
}
