# One action on a service of the system: `service`, `action` (state, start, stop, reload, restart).
# Code `service`: that of the action, 127 where the server has no way to run services; for `state`: 0 where it runs.

code=0
if [ -d /run/systemd/system ] && hf_have systemctl; then
  case $action in
    state) systemctl is-active --quiet -- "$service" || code=$? ;;
    *) systemctl "$action" -- "$service" || code=$? ;;
  esac
elif hf_have rc-service; then
  case $action in
    state) rc-service -- "$service" status >/dev/null || code=$? ;;
    *) rc-service -- "$service" "$action" || code=$? ;;
  esac
elif [ -x "/etc/init.d/$service" ]; then
  case $action in
    state) "/etc/init.d/$service" status >/dev/null || code=$? ;;
    *) "/etc/init.d/$service" "$action" >/dev/null || code=$? ;;
  esac
else
  code=127
fi
hf_rc service "$code"
