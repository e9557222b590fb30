/* libloam-absent: stands for Kerberos and LDAP in the relocatable tree.
 *
 * libssh and libpq of Debian name functions of both, and loam uses neither: it has no login by
 * Kerberos, and no list of database services on an LDAP server. Each function here reports failure;
 * a caller never gets an object to pass back. Only libpq calls any of them: it asks for Kerberos'
 * credentials before each connection, and goes on without them. */
#include <stddef.h>

/* Their headers are not here: libraries find the functions by name alone. */
#pragma GCC diagnostic ignored "-Wmissing-prototypes"

typedef unsigned Status;
typedef struct {
    size_t length;
    const char *value;
} Text;

enum { UNAVAILABLE = 16 << 16 }; /* the mechanism is not supported: GSS_S_UNAVAILABLE of RFC 2744 */

const void *const GSS_C_NT_HOSTBASED_SERVICE = NULL;
const void *const GSS_C_NT_USER_NAME = NULL;

#define ABSENT(name)                                                                               \
    Status name(void) {                                                                            \
        return UNAVAILABLE;                                                                        \
    }

ABSENT(gss_accept_sec_context)
ABSENT(gss_acquire_cred)
ABSENT(gss_add_oid_set_member)
ABSENT(gss_create_empty_oid_set)
ABSENT(gss_delete_sec_context)
ABSENT(gss_display_name)
ABSENT(gss_get_mic)
ABSENT(gss_import_name)
ABSENT(gss_indicate_mechs)
ABSENT(gss_init_sec_context)
ABSENT(gss_inquire_cred)
ABSENT(gss_inquire_cred_by_mech)
ABSENT(gss_release_buffer)
ABSENT(gss_release_cred)
ABSENT(gss_release_name)
ABSENT(gss_release_oid_set)
ABSENT(gss_test_oid_set_member)
ABSENT(gss_unwrap)
ABSENT(gss_verify_mic)
ABSENT(gss_wrap)
ABSENT(gss_wrap_size_limit)

/* The text of each status. */
Status gss_display_status(Status *minor, Status status, int kind, void *mechanism, Status *context,
                          Text *text) {
    static const char absent[] = "this build has no Kerberos";
    (void)status, (void)kind, (void)mechanism;
    *minor = *context = 0;
    *text = (Text){sizeof absent - 1, absent};
    return 0;
}

#define NOTHING(name)                                                                              \
    void *name(void) {                                                                             \
        return NULL;                                                                               \
    }
#define FAILS(name)                                                                                \
    int name(void) {                                                                               \
        return -1;                                                                                 \
    }

NOTHING(ldap_init)
NOTHING(ldap_first_entry)
NOTHING(ldap_get_values_len)
FAILS(ldap_count_entries)
FAILS(ldap_msgfree)
FAILS(ldap_result)
FAILS(ldap_search_st)
FAILS(ldap_set_option)
FAILS(ldap_simple_bind)
FAILS(ldap_unbind)
NOTHING(ldap_value_free_len)

const char *ldap_err2string(int error) {
    (void)error;
    return "this build has no LDAP";
}
