#include "health/ldap.h"
#include "health/mqtt.h"
#include "health/mysql.h"
#include "health/plan.h"
#include "health/postgres.h"
#include "health/redis.h"
#include "health/script.h"
#include "health/smtp.h"
#include "health/tls_hello.h"

namespace health {

Plan make_plan(const conf::CheckDialog& dialog) {
  Plan plan;
  plan.steps.emplace_back(Connect{});
  switch (dialog.kind) {
    case conf::CheckKind::kTcp:
      plan.passed.status = conf::CheckStatus::kL4Ok;
      break;
    case conf::CheckKind::kScript:
    case conf::CheckKind::kHttp:
      return script_plan(dialog);
    case conf::CheckKind::kTlsHello:
      return tls_hello_plan();
    case conf::CheckKind::kRedis:
      add_redis(plan);
      break;
    case conf::CheckKind::kMysql:
      add_mysql(plan, dialog.user, dialog.mysql_pre_41);
      break;
    case conf::CheckKind::kPostgres:
      add_postgres(plan, dialog.user);
      break;
    case conf::CheckKind::kSmtp:
      add_smtp(plan, dialog.hello);
      break;
    case conf::CheckKind::kLdap:
      add_ldap(plan);
      break;
    case conf::CheckKind::kMqtt:
      add_mqtt(plan);
      break;
  }
  return plan;
}

}  // namespace health
