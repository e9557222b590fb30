/* Uses one libpq connection per session. Statements have a deadline, because a server that vanished
 * silently would block them for ever. */
#include "pq_database.h"
#include "utf8.h"

#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>

#define ANSWER_TIMEOUT_MS 60000
#define CODE_IS_SHUTDOWN  "57P" /* SQLSTATE prefix: server or administrator ended the session */

struct DatabaseSession {
    PGconn *connection;
};

typedef PGresult *PgResultRef;
static void pg_result_ref_release(PgResultRef *result) {
    PQclear(*result);
}
SCOPED_TYPE(PgResultRef, pg_result_ref_release);

/* Discards notices such as "relation exists, skipping". */
static void ignore_notice(void *payload, const PGresult *result) {
    (void)payload, (void)result;
}

/* A message of libpq has one or more lines; joins them for use within a sentence. */
static Str problem_text(const char *message, Arena *arena) {
    Str text = str_trim(str_from_cstr(message));
    StrBuf line = strbuf_new(arena);
    Str piece;
    while (str_next_field(&text, '\n', &piece)) {
        if (line.len)
            strbuf_add_cstr(&line, "; ");
        strbuf_add(&line, str_trim(piece));
    }
    return utf8_strip_controls(strbuf_str(&line), arena);
}

/* The address overrides keywords before "dbname"; keywords after it override the address.
 * Encryption is required unless the address or PGSSLMODE says otherwise, as in Terraform. */
static PGconn *connect_to(Str address, Arena *arena) {
    const char *mode = getenv("PGSSLMODE");
    const char *wait = getenv("PGCONNECT_TIMEOUT");
    const char *keywords[] = {
        "sslmode", "connect_timeout",           "keepalives_idle", "tcp_user_timeout",
        "dbname",  "fallback_application_name", "client_encoding", NULL};
    const char *values[] = {mode && mode[0] ? NULL : "require",
                            wait && wait[0] ? NULL : "10",
                            "30",
                            "60000",
                            str_to_cstr(address, arena),
                            "loam",
                            "UTF8",
                            NULL};
    return PQconnectdbParams(keywords, values, 1);
}

static DatabaseStatus pq_database_open_session(void *, Str address, DatabaseSession **out,
                                               DatabaseAnswer *answer, Arena *arena) {
    *answer = (DatabaseAnswer){0};
    PGconn *connection = connect_to(address, arena);
    if (PQstatus(connection) != CONNECTION_OK) {
        answer->problem = problem_text(PQerrorMessage(connection), arena);
        PQfinish(connection);
        return DATABASE_LOST;
    }
    PQsetNoticeReceiver(connection, ignore_notice, NULL);
    DatabaseSession *session = arena_new(arena, DatabaseSession);
    session->connection = connection;
    *out = session;
    return DATABASE_DONE;
}

static void close_session(void *, DatabaseSession *session) {
    PQfinish(session->connection);
    session->connection = NULL;
}

static bool pq_database_send(PGconn *connection, const char *statement, const Str *values,
                             size_t count, Arena *arena) {
    const char **texts = arena_new_array(arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++)
        texts[i] = values[i].ptr ? str_to_cstr(values[i], arena) : NULL;
    return PQsendQueryParams(connection, statement, (int)count, NULL, texts, NULL, NULL, 0) == 1;
}

/* Returns false if the connection broke, or the server was silent for ANSWER_TIMEOUT_MS. */
static bool wait_for_answer(PGconn *connection) {
    while (PQisBusy(connection)) {
        struct pollfd wanted = {.fd = PQsocket(connection), .events = POLLIN};
        int ready = poll(&wanted, 1, ANSWER_TIMEOUT_MS);
        if (ready == 0 || (ready < 0 && errno != EINTR))
            return false;
        if (ready > 0 && !PQconsumeInput(connection))
            return false;
    }
    return true;
}

static void copy_rows(const PGresult *result, DatabaseAnswer *answer, Arena *arena) {
    int rows = PQntuples(result);
    int columns = PQnfields(result);
    answer->row_count = (size_t)rows;
    answer->column_count = (size_t)columns;
    Str *cells = arena_new_array(arena, Str, answer->row_count * answer->column_count + 1);
    for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column++) {
            Str text = {PQgetvalue(result, row, column), (size_t)PQgetlength(result, row, column)};
            bool is_null = PQgetisnull(result, row, column);
            cells[row * columns + column] = is_null ? (Str){0} : str_clone(text, arena);
        }
    }
    answer->cells = cells;
}

static DatabaseStatus convert_result(PGconn *connection, const PGresult *result,
                                     DatabaseAnswer *answer, Arena *arena) {
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
        copy_rows(result, answer, arena);
        return DATABASE_DONE;
    }
    answer->code = str_clone(str_from_cstr(PQresultErrorField(result, PG_DIAG_SQLSTATE)), arena);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    answer->problem = problem_text(message ? message : PQerrorMessage(connection), arena);
    bool is_lost = PQstatus(connection) != CONNECTION_OK || answer->code.len == 0 ||
                   str_starts_with(answer->code, STR(CODE_IS_SHUTDOWN));
    return is_lost ? DATABASE_LOST : DATABASE_REFUSED;
}

static DatabaseStatus lose(PGconn *connection, DatabaseAnswer *answer, Arena *arena) {
    answer->problem = problem_text(PQerrorMessage(connection), arena);
    if (answer->problem.len == 0)
        answer->problem = STR("the server does not respond");
    return DATABASE_LOST;
}

static DatabaseStatus pq_database_run(void *, DatabaseSession *session, const char *statement,
                                      const Str *values, size_t count, DatabaseAnswer *answer,
                                      Arena *arena) {
    PGconn *connection = session->connection;
    *answer = (DatabaseAnswer){0};
    if (!pq_database_send(connection, statement, values, count, arena))
        return lose(connection, answer, arena);
    DatabaseStatus status = DATABASE_LOST;
    for (bool is_first = true;; is_first = false) {
        if (!wait_for_answer(connection))
            return lose(connection, answer, arena);
        SCOPED(PgResultRef) result = PQgetResult(connection);
        if (!result)
            return status;
        if (is_first)
            status = convert_result(connection, result, answer, arena);
    }
}

const Database pq_database = {
    .open = pq_database_open_session, .run = pq_database_run, .close = close_session};
