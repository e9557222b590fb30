/* call_log: debug lines of providers (LOAM_LOG=debug), one line each, key=value.
 *
 *     call_log(call, LOG_DEBUG, "upload path=%s bytes=%zu", path, size);
 *
 * The line begins with the address. Texts of the object and of the provider configuration that are
 * known to be sensitive are replaced by "(sensitive value)"; providers do not use log_debug, which
 * knows neither. A secret in another form (encoded, hashed, cut) is not recognised: log names and
 * sizes rather than values. */
#pragma once

#include "log.h"
#include "provider.h"

void call_log(const Call *call, LogLevel level, const char *format, ...) PRINTF_LIKE(3, 4);
