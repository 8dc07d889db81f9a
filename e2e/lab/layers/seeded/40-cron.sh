# Crontabs, and jobs in /etc/cron.d: one that runs as an account, one that nobody claims. None is due while tests run.
set -euo pipefail

for name in alice bob carol plain; do
  crontab -u "$name" - <<CRON
MAILTO=$name@example.test
# nightly
15 3 1 1 * /home/$name/bin/nightly.sh >/dev/null 2>&1
5 4 1 1 * date +\\%s > /home/$name/tick
CRON
done
echo '30 5 1 1 * /usr/local/bin/report' | crontab -
echo '10 6 1 1 * alice /home/alice/bin/nightly.sh' >/etc/cron.d/alice-report
echo '20 6 1 1 * root /usr/local/sbin/rotate-everything' >/etc/cron.d/rotate
