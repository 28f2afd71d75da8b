# SPDX-License-Identifier: GPL-3.0-or-later
# ory.m4 - the checks of configure.ac that Autoconf has no macro for: flags that
# the compiler may or may not know, and libraries whose absence is reported all
# at once, with the names of their packages.

# ORY_FLAG(FLAG): append FLAG to ORY_CFLAGS if the compiler takes it without a
# word. -Werror, because clang only warns about options that it does not know.
AC_DEFUN([ORY_FLAG], [
AS_VAR_PUSHDEF([cache], [ory_cv_flag_$1])
AC_CACHE_CHECK([whether the compiler takes $1], [cache], [
  ory_save_CFLAGS=$CFLAGS
  CFLAGS="$CFLAGS -Werror $1"
  AC_COMPILE_IFELSE([AC_LANG_PROGRAM([])],
    [AS_VAR_SET([cache], [yes])], [AS_VAR_SET([cache], [no])])
  CFLAGS=$ory_save_CFLAGS])
AS_VAR_IF([cache], [yes], [ORY_CFLAGS="$ORY_CFLAGS $1"])
AS_VAR_POPDEF([cache])
])

# ORY_MISSING(WHAT, PACKAGES): note that WHAT is missing; ORY_MISSING_END stops.
AC_DEFUN([ORY_MISSING], [
ory_missing="$ory_missing
  $1 (Debian, Ubuntu: $2)"
ory_packages="$ory_packages $2"
])

# ORY_MODULE(VARIABLE, PKG-CONFIG SPEC, WHAT, PACKAGES): PKG_CHECK_MODULES that
# notes what is missing instead of stopping. Sets ory_version_VARIABLE.
AC_DEFUN([ORY_MODULE], [
PKG_CHECK_MODULES([$1], [$2],
  [ory_name=`AS_ECHO(["$2"]) | sed 's/ .*//'`
   ory_version_$1=`$PKG_CONFIG --modversion "$ory_name" 2>/dev/null || AS_ECHO([given])`],
  [ORY_MISSING([$3], [$4])])
])

# ORY_MISSING_END: one message that names everything that is missing.
AC_DEFUN([ORY_MISSING_END], [
AS_IF([test "x$ory_missing" != x], [
  AC_MSG_ERROR([these are missing:$ory_missing
On Debian and Ubuntu all of them come with
  apt-get install$ory_packages
(./bootstrap build does that and everything else.)])])
])

# ORY_LIBRARY(VARIABLE, FUNCTION, HEADER, LIBS, PACKAGE): a library without a
# reliable pkg-config file that the program can do without. Sets VARIABLE_LIBS
# and HAVE_VARIABLE, and ory_version_VARIABLE to "yes" or to what is to be done.
AC_DEFUN([ORY_LIBRARY], [
AC_ARG_VAR([$1_LIBS], [linker flags for $1])
ory_save_LIBS=$LIBS
AS_IF([test "x$$1_LIBS" = x], [$1_LIBS="$4"])
LIBS="$$1_LIBS $BLAS_LIBS $LIBS -lm"
ory_have=no
AC_CHECK_HEADER([$3], [AC_CHECK_FUNC([$2], [ory_have=yes])])
LIBS=$ory_save_LIBS
AS_IF([test "x$ory_have" = xyes],
  [AC_DEFINE([HAVE_$1], [1], [Define to 1 if $1 is there.])
   ory_version_$1="yes ($$1_LIBS)"],
  [$1_LIBS=
   ory_version_$1="no (Debian: $5)"])
AM_CONDITIONAL([HAVE_$1], [test "x$ory_have" = xyes])
])
