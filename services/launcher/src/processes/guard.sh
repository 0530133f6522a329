#!/bin/sh
# Ends what a process started, should that process die without doing it. Reads lines from a pipe whose other end only
# that process holds: "add SIGNAL GROUP", "remove GROUP". When the pipe closes, every group that is left gets its
# signal, the newest first, and later SIGKILL: after so many tenths of a second as the argument says.
trap '' HUP INT TERM

list=''
while read -r what first second; do
  case "$what" in
    add) list="$first:$second $list" ;;
    remove)
      rest=''
      for entry in $list; do
        [ "${entry#*:}" = "$first" ] || rest="$rest$entry "
      done
      list="$rest"
      ;;
  esac
done

for entry in $list; do
  kill -s "${entry%%:*}" -- "-${entry#*:}" 2>/dev/null
done

tenths=0
while [ -n "$list" ] && [ "$tenths" -lt "$1" ]; do
  rest=''
  for entry in $list; do
    kill -s 0 -- "-${entry#*:}" 2>/dev/null && rest="$rest$entry "
  done
  list="$rest"
  [ -z "$list" ] || sleep 0.1
  tenths=$((tenths + 1))
done

for entry in $list; do
  kill -s KILL -- "-${entry#*:}" 2>/dev/null
done
exit 0
