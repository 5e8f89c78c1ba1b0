#include "lb/cli/session_list.h"

#include <catch2/catch.hpp>

using lb::cli::as_csv;
using lb::cli::Json;
using lb::cli::sessions_table;

TEST_CASE("a session is a row, with nothing where it has none yet", "[cli]") {
  const Json answer = Json::parse(R"({"sessions":[
    {"id":17,"frontend":"web","backend":"app","server":"s1","client":"127.0.0.1:4242",
     "server_address":"127.0.0.1:8080","age_ms":61000,"idle_ms":20,"bytes_in":1,"bytes_out":2000,
     "last":"server","state":"open"},
    {"id":18,"frontend":"web","backend":null,"server":null,"client":"unix","server_address":null,
     "age_ms":1,"idle_ms":1,"bytes_in":0,"bytes_out":0,"last":"none","state":"handshake"}]})");

  CHECK(as_csv(sessions_table(answer)) ==
        "id,frontend,backend,server,client,server_address,state,age_ms,idle_ms,last,bytes_in,"
        "bytes_out\n"
        "17,web,app,s1,127.0.0.1:4242,127.0.0.1:8080,open,61000,20,server,1,2000\n"
        "18,web,,,unix,,handshake,1,1,none,0,0\n");
}
