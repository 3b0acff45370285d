/* Versions of the libraries that this layer uses. */
#include "versions.h"

#include <cJSON.h>
#include <hdf5.h>
#include <openssl/crypto.h>
#include <stdio.h>

void versions_of_files(char text[VERSIONS_TEXT])
{
    unsigned major = 0, minor = 0, release = 0;

    H5get_libversion(&major, &minor, &release);
    snprintf(text, VERSIONS_TEXT, "HDF5 %u.%u.%u, cJSON %s, %s", major, minor, release,
             cJSON_Version(), OpenSSL_version(OPENSSL_VERSION));
}
