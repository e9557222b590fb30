/* Offers credentials to the server, the most specific first. */
#include "ssh_login.h"

#include "base64.h"
#include "ssh_agent_relay.h"
#include "ssh_certificate.h"
#include "utf8.h"

#include <poll.h>
#include <time.h>

void ssh_login_release(SshCredentials *credentials) {
    ssh_key_free(credentials->private_key);
    ssh_key_free(credentials->certified);
    *credentials = (SshCredentials){0};
}

static SshStatus bad_certificate(SshProblem *problem, Str text) {
    problem->text = text;
    return SSH_BAD_CERTIFICATE;
}

/* Parses a line such as "ssh-ed25519-cert-v01@openssh.com AAAA… comment". */
static bool login_parse_line(Str line, SshCertificate *out, Arena *arena) {
    Str rest = str_trim(line), type, body, blob;
    return str_next_field(&rest, ' ', &type) && str_next_field(&rest, ' ', &body) &&
           base64_decode(str_trim(body), &blob, arena) && ssh_certificate_parse(blob, out, arena);
}

/* Checks the certificate before the login, because servers do not report why they reject one. */
static SshStatus read_certificate(const SshTarget *target, SshCredentials *out, SshProblem *problem,
                                  Arena *arena) {
    SshCertificate parsed;
    SCOPED(SshKeyRef) certificate = ssh_key_from_certificate(target->certificate, arena);
    if (!certificate || !login_parse_line(target->certificate, &parsed, arena))
        return bad_certificate(problem, STR("the text is no certificate"));
    SshCertificateUse use = {.kind = SSH_CERTIFICATE_USER, .now = (int64_t)time(NULL)};
    Str reason = ssh_certificate_check(&parsed, &use, arena);
    if (reason.len > 0)
        return bad_certificate(problem, reason);
    if (!str_equal(parsed.key, ssh_key_blob(out->private_key, arena)))
        return bad_certificate(problem, STR("the certificate is for another private key"));
    SshStatus status =
        ssh_key_from_private(target->private_key, target->passphrase, &out->certified, arena);
    if (status != SSH_DONE || ssh_pki_copy_cert_to_privkey(certificate, out->certified) != SSH_OK)
        return bad_certificate(problem, STR("libssh does not accept the certificate"));
    return SSH_DONE;
}

SshStatus ssh_login_read(const SshTarget *target, SshCredentials *out, SshProblem *problem,
                         Arena *arena) {
    *out = (SshCredentials){0};
    if (target->private_key.len == 0) {
        bool has_other = target->password.len > 0 || target->agent_socket.len > 0;
        return has_other ? SSH_DONE : SSH_BAD_PRIVATE_KEY;
    }
    SshStatus status =
        ssh_key_from_private(target->private_key, target->passphrase, &out->private_key, arena);
    if (status == SSH_DONE && target->certificate.len > 0)
        status = read_certificate(target, out, problem, arena);
    return status;
}

typedef struct Login {
    ssh_session session;
    const SshTarget *target;
    const SshCredentials *credentials;
    const SshDeadline *deadline;
    SshProblem *problem;
    Arena *arena;
    ssh_key key;  /* for try_key */
    StrVec tried; /* descriptions of credentials, for the error: "the private key" */
    bool tried_key, tried_password;
} Login;

typedef int Attempt(Login *login);

/* Repeats the attempt until libssh has a result. At the deadline or a signal, returns
 * SSH_AUTH_AGAIN and sets *status. */
static int login_attempt(Login *login, Attempt *once, SshStatus *status) {
    int result;
    *status = SSH_DONE;
    while ((result = once(login)) == SSH_AUTH_AGAIN && *status == SSH_DONE) {
        int flags = ssh_get_poll_flags(login->session);
        short events = (short)(POLLIN | (flags & SSH_WRITE_PENDING ? POLLOUT : 0));
        (void)ssh_socket_wait(ssh_get_fd(login->session), events);
        *status = ssh_socket_check(login->deadline);
    }
    return result;
}

/* Returns SSH_DONE if logged in, SSH_LOGIN_REFUSED if the next credential may be tried. */
static SshStatus run_attempt(Login *login, Attempt *once, const char *what) {
    SshStatus status;
    int result = login_attempt(login, once, &status);
    if (result == SSH_AUTH_SUCCESS)
        return SSH_DONE;
    if (status == SSH_CANCELLED)
        return status;
    if (result == SSH_AUTH_DENIED || result == SSH_AUTH_PARTIAL) {
        const char *end =
            result == SSH_AUTH_PARTIAL ? " (accepted, but the server asks for more)" : "";
        vec_push(login->arena, &login->tried, str_format(login->arena, "%s%s", what, end));
        return SSH_LOGIN_REFUSED;
    }
    Str text = str_from_cstr(ssh_get_error(login->session));
    login->problem->text = utf8_one_line(text, login->arena);
    if (str_find(text, STR("Too many authentication failures"), 0) != SIZE_MAX) {
        login->problem->text =
            str_format(login->arena,
                       "the server ended the login, because %s and the keys before "
                       "it exceed its limit (MaxAuthTries)",
                       what);
        return SSH_USER_KEY_REFUSED;
    }
    if (status == SSH_TIMED_OUT)
        login->problem->text = STR("the authentication takes too long");
    return SSH_NO_HANDSHAKE;
}

static int try_none(Login *login) {
    return ssh_userauth_none(login->session, NULL);
}

static int try_key(Login *login) {
    return ssh_userauth_publickey(login->session, NULL, login->key);
}

static int try_agent(Login *login) {
    return ssh_userauth_agent(login->session, NULL);
}

static int try_password(Login *login) {
    return ssh_userauth_password(login->session, NULL,
                                 str_to_cstr(login->target->password, login->arena));
}

static int try_interactive(Login *login) {
    int result = ssh_userauth_kbdint(login->session, NULL, NULL);
    if (result != SSH_AUTH_INFO)
        return result;
    /* Each prompt is assumed to ask for the password. */
    const char *password = str_to_cstr(login->target->password, login->arena);
    int count = ssh_userauth_kbdint_getnprompts(login->session);
    for (int i = 0; i < count; i++) {
        if (ssh_userauth_kbdint_setanswer(login->session, (unsigned)i, password) != 0)
            return SSH_AUTH_ERROR;
    }
    return SSH_AUTH_AGAIN;
}

static SshStatus offer_key(Login *login, ssh_key key, const char *what) {
    if (!key)
        return SSH_LOGIN_REFUSED;
    login->key = key;
    login->tried_key = true;
    return run_attempt(login, try_key, what);
}

static SshStatus offer_agent(Login *login) {
    const SshTarget *target = login->target;
    SshAgentRelay *relay;
    int fd;
    if (target->agent_socket.len == 0)
        return SSH_LOGIN_REFUSED;
    SshStatus status =
        ssh_agent_relay_open(target, login->deadline, &relay, &fd, login->problem, login->arena);
    if (status != SSH_DONE) {
        /* Other credentials do not need the agent. */
        vec_push(login->arena, &login->tried,
                 str_format(login->arena, "the agent (%.*s)", STR_ARG(login->problem->text)));
        return target->private_key.len > 0 || target->password.len > 0 ? SSH_LOGIN_REFUSED : status;
    }
    login->tried_key = true;
    (void)ssh_set_agent_socket(login->session, fd);
    status = run_attempt(login, try_agent, "the keys of the agent");
    size_t count = ssh_agent_relay_close(relay);
    if (status == SSH_LOGIN_REFUSED && count == 0) {
        vec_last(&login->tried) =
            target->agent_identity.len > 0
                ? str_format(login->arena, "the agent, which has no key \"%.*s\"",
                             STR_ARG(target->agent_identity))
                : STR("the agent, which has no keys");
        login->problem->text = vec_last(&login->tried);
    }
    return status;
}

static SshStatus offer_password(Login *login) {
    if (login->target->password.len == 0)
        return SSH_LOGIN_REFUSED;
    login->tried_password = true;
    SshStatus status = SSH_LOGIN_REFUSED;
    if (login->tried.count == 0) {
        /* The server sends its list of methods only after a rejected attempt. */
        status = run_attempt(login, try_none, "no credential");
        if (status != SSH_LOGIN_REFUSED)
            return status;
        vec_clear(&login->tried);
    }
    unsigned methods = (unsigned)ssh_userauth_list(login->session, NULL);
    if (methods & SSH_AUTH_METHOD_PASSWORD)
        return run_attempt(login, try_password, "the password");
    if (methods & SSH_AUTH_METHOD_INTERACTIVE)
        return run_attempt(login, try_interactive, "the password");
    vec_push(login->arena, &login->tried, STR("the password (the server accepts none)"));
    return status;
}

static Str method_names(ssh_session session, Arena *arena) {
    static const struct {
        unsigned bit;
        Str name;
    } names[] = {
        {SSH_AUTH_METHOD_PUBLICKEY, STR_CONST("publickey")},
        {SSH_AUTH_METHOD_PASSWORD, STR_CONST("password")},
        {SSH_AUTH_METHOD_INTERACTIVE, STR_CONST("keyboard-interactive")},
        {SSH_AUTH_METHOD_HOSTBASED, STR_CONST("hostbased")},
        {SSH_AUTH_METHOD_GSSAPI_MIC, STR_CONST("gssapi-with-mic")},
    };
    unsigned methods = (unsigned)ssh_userauth_list(session, NULL);
    Str found[ARRAY_COUNT(names)];
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        if (methods & names[i].bit)
            found[count++] = names[i].name;
    }
    return count ? str_join(found, count, STR(", "), arena) : STR("no method");
}

static SshStatus report_rejection(Login *login) {
    Arena *arena = login->arena;
    login->problem->text =
        str_format(arena, "tried %.*s; the server accepts %.*s",
                   STR_ARG(str_join(login->tried.items, login->tried.count, STR(", "), arena)),
                   STR_ARG(method_names(login->session, arena)));
    if (login->tried_key && login->tried_password)
        return SSH_LOGIN_REFUSED;
    return login->tried_password ? SSH_PASSWORD_REFUSED : SSH_USER_KEY_REFUSED;
}

SshStatus ssh_login(ssh_session session, const SshTarget *target, const SshCredentials *credentials,
                    const SshDeadline *deadline, SshProblem *problem, Arena *arena) {
    Login login = {
        .session = session,
        .target = target,
        .credentials = credentials,
        .deadline = deadline,
        .problem = problem,
        .arena = arena,
    };
    SshStatus status = offer_key(&login, credentials->certified, "the certificate");
    if (status == SSH_LOGIN_REFUSED)
        status = offer_key(&login, credentials->private_key, "the private key");
    if (status == SSH_LOGIN_REFUSED)
        status = offer_agent(&login);
    if (status == SSH_LOGIN_REFUSED)
        status = offer_password(&login);
    return status == SSH_LOGIN_REFUSED ? report_rejection(&login) : status;
}
