/*
 * CRC-32C (Castagnoli), as RFC 3720 appendix B.4 has it.  The check value of
 * "123456789" is 0xe3069283.
 */
#ifndef UTIL_CRC32C_H
#define UTIL_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* The checksum of what `crc` covers followed by `len` bytes at `data`; start
   with 0. */
uint32_t crc32c(uint32_t crc, const void *data, size_t len);

#endif
