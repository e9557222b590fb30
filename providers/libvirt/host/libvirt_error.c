/* libvirt_error: hints for libvirt's error codes. */
#include "libvirt_error.h"

#include "log.h"

#include <errno.h>

#include "utf8.h"
#include "wait_until.h"

typedef struct Advice {
    int code;
    const char *text;
} Advice;

/* clang-format off */
static const Advice advices[] = {
    {VIR_ERR_INTERNAL_ERROR, "libvirt gives no specific reason. See its own log on the host."},
    {VIR_ERR_NO_SUPPORT, "The driver of this URI does not support the operation."},
    {VIR_ERR_OPERATION_DENIED,
     "The connection is read-only, or its user does not have the permission on the host."},
    {VIR_ERR_ACCESS_DENIED, "The host's access rules reject this user."},
    {VIR_ERR_AUTH_FAILED,
     "With TLS, check the certificates of both sides, their authority and the name of the host. "
     "Else add the user to the group \"libvirt\" there, or allow org.libvirt.unix.manage in polkit."},
    {VIR_ERR_AUTH_CANCELLED, "The host requires credentials, and loam does not prompt."},
    {VIR_ERR_AUTH_UNAVAILABLE,
     "Add the user to the group \"libvirt\" on the host, or allow org.libvirt.unix.manage in polkit."},
    {VIR_ERR_RPC, LIBVIRT_CONNECTION_LOST},
    {VIR_ERR_LIBSSH, "The SSH connection to the host failed."},
    {VIR_ERR_SSH, "The SSH connection to the host failed."},
    {VIR_ERR_BUILD_FIREWALL,
     "The host's firewall programs failed. An nwfilter requires ebtables and iptables there."},
    {VIR_ERR_OPERATION_TIMEOUT, "Another operation locks the object. Try again later."},
    {VIR_ERR_RESOURCE_BUSY, "Another operation locks the object. Try again later."},
    {VIR_ERR_AGENT_UNRESPONSIVE, "The guest agent does not respond."},
    {VIR_ERR_XML_INVALID_SCHEMA, "The host's libvirt rejects this definition."},
    {VIR_ERR_CONFIG_UNSUPPORTED, "The host's hypervisor does not support the request."},
    {VIR_ERR_STORAGE_VOL_EXIST,
     "The pool already has a volume of this name, which loam did not create. Choose another name, or remove the volume."},
    {VIR_ERR_NO_STORAGE_POOL, "The host has no such pool."},
    {VIR_ERR_NO_STORAGE_VOL,
     "The host has no such volume. Use the `id` of a libvirt_volume, or pool/name."},
    {VIR_ERR_NO_NETWORK, "The host has no such network."},
    {VIR_ERR_NO_NWFILTER, "The host has no such filter."},
};

static const Advice system_advices[] = {
    {ENOSPC, "The host has no space left. Free some space, or choose another pool."},
    {EDQUOT, "The host's quota is used up. Free some space, or choose another pool."},
    {EACCES,
     "The host's libvirt does not have the permission. Check owner and mode of the file on the host, and its AppArmor or SELinux profile."},
    {EPERM,
     "The host's libvirt does not have the permission: it runs without privileges, or a profile forbids it."},
    {ENOENT, "A required file does not exist on the host."},
    {ECONNREFUSED, "The daemon does not accept connections. Start libvirtd (or virtqemud) on the host."},
    {EROFS, "The file system on the host is read-only."},
};
/* clang-format on */

static const char *error_find_advice(const Advice *table, size_t count, int code) {
    for (size_t i = 0; i < count; i++)
        if (table[i].code == code)
            return table[i].text;
    return "";
}

LibvirtError libvirt_error_of(const virError *error, Arena *arena) {
    if (!error)
        return (LibvirtError){.code = VIR_ERR_OK, .message = STR("no reason was given")};
    return (LibvirtError){
        .code = error->code,
        .domain = error->domain,
        .system_errno = error->code == VIR_ERR_SYSTEM_ERROR ? error->int1 : 0,
        .message = str_clone(str_trim(str_from_cstr(error->message)), arena),
    };
}

LibvirtError libvirt_error_last(Arena *arena) {
    return libvirt_error_of(virGetLastError(), arena);
}

int libvirt_error_code(void) {
    return virGetLastErrorCode();
}

bool libvirt_error_is_gone(int code) {
    return code == VIR_ERR_NO_DOMAIN || code == VIR_ERR_NO_NETWORK ||
           code == VIR_ERR_NO_STORAGE_POOL || code == VIR_ERR_NO_STORAGE_VOL ||
           code == VIR_ERR_NO_NWFILTER || code == VIR_ERR_NO_SECRET ||
           code == VIR_ERR_NO_DOMAIN_SNAPSHOT || code == VIR_ERR_NO_DOMAIN_CHECKPOINT;
}

static const char *advice_for(const LibvirtError *error) {
    /* The RPC layer reports a closed or silent connection as an internal error. */
    if (error->code == VIR_ERR_INTERNAL_ERROR && error->domain == VIR_FROM_RPC)
        return LIBVIRT_CONNECTION_LOST;
    if (error->code != VIR_ERR_SYSTEM_ERROR)
        return error_find_advice(advices, ARRAY_COUNT(advices), error->code);
    if (error->domain == VIR_FROM_RPC && error->system_errno == ENOENT)
        return "The daemon's socket does not exist. Start libvirt on the host, or correct the "
               "provider's \"uri\".";
    if (error->domain == VIR_FROM_RPC &&
        (error->system_errno == EACCES || error->system_errno == EPERM))
        return "The user that runs loam does not have permission for the daemon's socket. Add the "
               "user to the group \"libvirt\" on the host, run loam as another user, or use the "
               "user's own daemon: qemu:///session.";
    return error_find_advice(system_advices, ARRAY_COUNT(system_advices), error->system_errno);
}

static void error_add_error(const Call *call, const LibvirtError *error, Str summary,
                            Diags *diags) {
    bool is_vague = error->code == VIR_ERR_INTERNAL_ERROR && error->hint.len > 0;
    const char *advice = is_vague ? "" : advice_for(error);
    Diag *diag = diags_error(
        diags, NO_RANGE, str_to_cstr(summary, call->arena), "libvirt reports: %.*s.%s%s%s%.*s",
        STR_ARG(utf8_one_line(error->message, call->arena)), *advice ? " " : "", advice,
        error->hint.len ? " " : "", STR_ARG(error->hint));
    diag->address = call->address;
}

bool libvirt_error_add(const Call *call, Diags *diags, const char *summary, ...) {
    LibvirtError error = libvirt_error_last(call->arena);
    va_list args;
    va_start(args, summary);
    Str text = str_vformat(call->arena, summary, args);
    va_end(args);
    error_add_error(call, &error, text, diags);
    return false;
}

bool libvirt_error_add_this(const Call *call, const LibvirtError *error, Diags *diags,
                            const char *summary, ...) {
    va_list args;
    va_start(args, summary);
    Str text = str_vformat(call->arena, summary, args);
    va_end(args);
    log_debug("libvirt error", log_number("code", error->code), log_number("domain", error->domain),
              log_text("text", error->message));
    error_add_error(call, error, text, diags);
    return false;
}

bool libvirt_error_say(const Call *call, Diags *diags, Str summary, Str detail) {
    Diag *diag =
        diags_error(diags, NO_RANGE, str_to_cstr(summary, call->arena), "%.*s", STR_ARG(detail));
    diag->address = call->address;
    return false;
}

void libvirt_error_warn(const Call *call, Diags *diags, Str summary, Str detail) {
    Diag *diag =
        diags_warning(diags, NO_RANGE, str_to_cstr(summary, call->arena), "%.*s", STR_ARG(detail));
    diag->address = call->address;
}

bool libvirt_error_retry(const Call *call, unsigned *attempt) {
    int code = libvirt_error_code();
    if (code != VIR_ERR_OPERATION_TIMEOUT && code != VIR_ERR_RESOURCE_BUSY)
        return false;
    static const WaitPauses pauses = {.first_ms = 300, .last_ms = 1200, .count = 3};
    return wait_until_retry(call, &pauses, attempt);
}
